// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

/** A weighted sum over time: the mean, a decay with age, or given weights. */
public final class WeightedOverTimeStage extends ReadoutStage {
  private final TimeWeights weights;

  /** Lays the stage out. */
  public WeightedOverTimeStage(Rows input, TimeWeights weights, Resources resources, int maxBatch) {
    super(input, resources, maxBatch);
    this.weights = weights;
  }

  /** {@return how much each time step counts} */
  public TimeWeights weights() {
    return weights;
  }

  @Override
  void read(int steps, int batch, int batchRow) {
    clearOutput(batchRow);
    for (int t = 0; t < steps; t++) {
      float weight = weights.weight(steps - 1 - t, steps);
      addToOutput(batchRow, weight, (long) t * batch + batchRow);
    }
  }
}
