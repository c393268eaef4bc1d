// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import org.lstm4j.engine.kernel.Derivative;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/** The way back through a function of each feature: dx = dy f'(x). */
public final class ActivationGradient extends RowGradient {
  private final Rows input;
  private final Derivative derivative;

  /** Lays it out. */
  public ActivationGradient(
      Rows input,
      Derivative derivative,
      Rows outputGradient,
      Rows inputGradient,
      Resources resources) {
    super(outputGradient, inputGradient, resources);
    this.input = input;
    this.derivative = derivative;
  }

  @Override
  void back(long row) {
    for (int i = 0; i < input.features(); i++) {
      float dy = outputGradient.get(row, i);
      inputGradient.set(row, i, dy * derivative.at(input.get(row, i)));
    }
  }
}
