// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.List;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;

/**
 * The keys under which the recurrent state of a network is stored: {@code h0}, {@code c0}, {@code
 * hn}, {@code cn}, with {@code |NAME} behind where the network has several recurrent parts. Only an
 * LSTM has {@code c0} and {@code cn}.
 *
 * @param recurrents the recurrent parts, in layer order
 */
record StateKeys(List<Layer.Recurrent> recurrents) {
  static StateKeys of(Network network) {
    return new StateKeys(
        network.layers().stream()
            .filter(Layer.Recurrent.class::isInstance)
            .map(Layer.Recurrent.class::cast)
            .toList());
  }

  /** Module paths of the recurrent parts. */
  List<String> parts() {
    return recurrents.stream().map(Layer.Recurrent::name).toList();
  }

  /** The key of one part. */
  String key(String kind, String part) {
    return recurrents.size() == 1 ? kind : kind + "|" + part;
  }

  /** The keys of all parts that have a state of this kind. */
  List<String> keys(String kind) {
    return recurrents.stream()
        .filter(part -> part.hasCellState() || kind.startsWith("h"))
        .map(part -> key(kind, part.name()))
        .toList();
  }
}
