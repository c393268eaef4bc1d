// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.List;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;

/**
 * The keys under which the recurrent state of a network is stored: {@code h0}, {@code c0}, {@code
 * hn}, {@code cn}, with {@code |NAME} behind where the network has several recurrent parts.
 *
 * @param parts module paths of the recurrent parts, in layer order
 */
record StateKeys(List<String> parts) {
  static StateKeys of(Network network) {
    return new StateKeys(
        network.layers().stream()
            .filter(Layer.Lstm.class::isInstance)
            .map(layer -> ((Layer.Lstm) layer).name())
            .toList());
  }

  /** The key of one part. */
  String key(String kind, String part) {
    return parts.size() == 1 ? kind : kind + "|" + part;
  }

  /** The keys of all parts. */
  List<String> keys(String kind) {
    return parts.stream().map(part -> key(kind, part)).toList();
  }
}
