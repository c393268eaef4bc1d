// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.Arrays;
import java.util.List;
import org.lstm4j.tools.StoredTensor;

/**
 * A tensor of the network.
 *
 * @param name within the network, after prefixes were taken away
 * @param stored its elements
 */
record NamedTensor(String name, StoredTensor stored) {
  /** The module that the tensor belongs to; empty at the root. */
  String module() {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  /** The last part of the name. */
  String parameter() {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  List<Long> shape() {
    return Arrays.stream(stored.shape()).boxed().toList();
  }

  int dimensions() {
    return stored.shape().length;
  }

  @Override
  public String toString() {
    return name + " " + shape();
  }
}
