// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The classes that a classifier tells apart. Immutable.
 *
 * @param names the name of each class, at its index: one for each output feature; or two where the
 *     only output is the score of the second against the first
 */
public record Labels(List<String> names) {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there is no name, or if two are equal
   */
  public Labels {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a classifier has at least one class");
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException("two classes are named " + name);
      }
    }
  }
}
