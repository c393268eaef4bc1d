// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.State;
import org.lstm4j.tools.StoredTensor;

/**
 * The tensors of a state that a recurrent layer starts from, learned in training.
 *
 * @param h as many elements as h of one batch row, in the order of [layers * directions, features]
 * @param c the same of c; empty where there is no cell state
 */
public record LearnedState(StoredTensor h, Optional<StoredTensor> c) {
  /**
   * What a network starts from.
   *
   * @param states by the names of recurrent layers; others start from zeros
   * @return empty if all do
   */
  public static Optional<State> stateOf(List<Layer> layers, Map<String, LearnedState> states) {
    if (states.isEmpty()) {
      return Optional.empty();
    }
    State state = State.zeros(layers, 1);
    states.forEach((layer, learned) -> {
      copy(learned.h, state.h(layer));
      learned.c.ifPresent(c -> copy(c, state.c(layer)));
    });
    return Optional.of(state);
  }

  private static void copy(StoredTensor tensor, float[] values) {
    System.arraycopy(tensor.toTensor().toArray(), 0, values, 0, values.length);
  }

  /** The tensors by {@code h0} and {@code c0} behind the layers' names. */
  public static Map<String, StoredTensor> named(Map<String, LearnedState> states) {
    Map<String, StoredTensor> named = new HashMap<>();
    states.forEach((layer, learned) -> {
      String prefix = layer.isEmpty() ? "" : layer + ".";
      named.put(prefix + "h0", learned.h);
      learned.c.ifPresent(c -> named.put(prefix + "c0", c));
    });
    return named;
  }
}
