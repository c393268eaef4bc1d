// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.List;
import java.util.Optional;

/**
 * What one call of a {@link LearningEngine} gives, in PyTorch's layout.
 *
 * @param ih [gates * hidden size, input size]
 * @param hh [gates * hidden size, hidden size]
 * @param biasIh [gates * hidden size]
 * @param biasHh [gates * hidden size]
 * @param head of the linear layer after the cell, where there is one
 * @param input [time step, batch, feature]
 */
public record Gradients(
    float[] ih,
    float[] hh,
    float[] biasIh,
    float[] biasHh,
    Optional<LstmWeights.Head> head,
    float[] input) {
  /** {@return all of them, in the order of this record} */
  public List<float[]> all() {
    return head.map(
            values -> List.of(ih, hh, biasIh, biasHh, values.weight(), values.bias(), input))
        .orElseGet(() -> List.of(ih, hh, biasIh, biasHh, input));
  }
}
