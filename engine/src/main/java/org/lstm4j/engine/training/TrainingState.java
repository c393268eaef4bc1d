// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lstm4j.engine.Tensor;

/**
 * What it takes, beside the network, to go on with an interrupted training to the same numbers:
 * what the optimizer remembers, the recurrent state, where the random numbers and the schedule are,
 * and whatever a program adds of its own, such as its place in the data. Immutable.
 *
 * @param tensors by name
 * @param counters whole numbers by name
 * @param values other numbers by name
 */
public record TrainingState(
    Map<String, Tensor> tensors, Map<String, Long> counters, Map<String, Double> values) {
  /** Copies the maps, in their order. */
  public TrainingState {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * This state and more counters.
   *
   * @param more whole numbers by name, none of which the state has
   * @return the larger state
   * @throws IllegalArgumentException if the state has one of them
   */
  public TrainingState with(Map<String, Long> more) {
    Map<String, Long> all = new LinkedHashMap<>(counters);
    more.forEach((name, value) -> {
      if (all.put(name, value) != null) {
        throw new IllegalArgumentException("there is a counter " + name + " already");
      }
    });
    return new TrainingState(tensors, all, values);
  }
}
