// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/** The way back through the reading of the last step, or of the final states: to these alone. */
public final class LastGradient extends ReadoutGradient {
  /** Features from which on the first step was read, not the last. */
  private final int firstOfReverse;

  /**
   * Lays it out.
   *
   * @param finalStates whether the second half of the features was read from the first step
   */
  public LastGradient(
      boolean finalStates, Rows outputGradient, Rows inputGradient, Resources resources) {
    super(outputGradient, inputGradient, resources);
    int features = outputGradient.features();
    this.firstOfReverse = finalStates ? features / 2 : features;
  }

  @Override
  boolean startsFromZeros() {
    return true;
  }

  @Override
  void spread(int steps, int batch, int batchRow) {
    long last = (long) (steps - 1) * batch + batchRow;
    for (int i = 0; i < outputGradient.features(); i++) {
      long row = i < firstOfReverse ? last : batchRow;
      inputGradient.set(row, i, outputGradient.get(batchRow, i));
    }
  }
}
