// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.TimeWeights;

/** The way back through a weighted sum over time: each step gets its weight's share. */
public final class WeightedOverTimeGradient extends ReadoutGradient {
  private final TimeWeights weights;

  /** Lays it out. */
  public WeightedOverTimeGradient(
      TimeWeights weights, Rows outputGradient, Rows inputGradient, Resources resources) {
    super(outputGradient, inputGradient, resources);
    this.weights = weights;
  }

  @Override
  boolean startsFromZeros() {
    return true;
  }

  @Override
  void spread(int steps, int batch, int batchRow) {
    for (int t = 0; t < steps; t++) {
      float weight = weights.weight(steps - 1 - t, steps);
      inputGradient.add((long) t * batch + batchRow, weight, outputGradient, batchRow);
    }
  }
}
