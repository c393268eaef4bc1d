// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.util.Arrays;

/** Shapes as text, for the parameters of tests. */
final class Shapes {
  private Shapes() {}

  /** Returns the shape of a text such as {@code 2, 3}; the empty text has no dimensions. */
  static long[] parse(String text) {
    return text.isBlank()
        ? new long[0]
        : Arrays.stream(text.split(",")).map(String::trim).mapToLong(Long::parseLong).toArray();
  }
}
