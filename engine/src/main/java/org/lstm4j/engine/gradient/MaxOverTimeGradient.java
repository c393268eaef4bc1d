// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/** The way back through the maximum over time: to the first step that has it, or is NaN. */
public final class MaxOverTimeGradient extends ReadoutGradient {
  private final Rows input;

  /** Lays it out. */
  public MaxOverTimeGradient(
      Rows input, Rows outputGradient, Rows inputGradient, Resources resources) {
    super(outputGradient, inputGradient, resources);
    this.input = input;
  }

  @Override
  boolean startsFromZeros() {
    return true;
  }

  @Override
  void spread(int steps, int batch, int batchRow) {
    for (int i = 0; i < input.features(); i++) {
      long largest = batchRow;
      for (int t = 1; t < steps; t++) {
        long row = (long) t * batch + batchRow;
        float max = input.get(largest, i);
        float value = input.get(row, i);
        if (value > max || (Float.isNaN(value) && !Float.isNaN(max))) {
          largest = row;
        }
      }
      inputGradient.set(largest, i, outputGradient.get(batchRow, i));
    }
  }
}
