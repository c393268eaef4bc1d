// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.List;
import java.util.Set;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;

/**
 * The keys under which the recurrent state of a network is stored: {@code h0}, {@code c0}, {@code
 * hn}, {@code cn}, with {@code |NAME} behind where the network has several recurrent parts; and
 * what goes with them, such as the gradients {@code grad_h0} and {@code grad_c0}. Only an LSTM has
 * those of c.
 *
 * @param recurrents the recurrent parts, in layer order
 */
record StateKeys(List<Layer.Recurrent> recurrents) {
  private static final Set<String> KINDS_OF_CELL_STATES = Set.of("c0", "cn", "wc", "grad_c0");

  static StateKeys of(Network network) {
    return new StateKeys(
        network.layers().stream()
            .flatMap(layer -> layer.leaves().stream())
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
        .filter(part -> part.hasCellState() || !KINDS_OF_CELL_STATES.contains(kind))
        .map(part -> key(kind, part.name()))
        .toList();
  }
}
