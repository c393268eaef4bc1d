// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import org.lstm4j.engine.stage.Lengths;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/**
 * The way back through a stage that turns each row into one row, whatever its time step. Beyond the
 * length of a sequence, the gradient is zero.
 */
public abstract sealed class RowGradient implements GradientStage
    permits ActivationGradient, SoftmaxGradient, LayerNormGradient, EmbeddingGradient {
  /** The gradient of the stage's output. */
  final Rows outputGradient;

  /** Receives that of its input; {@code null} if nobody asks for it. */
  final Rows inputGradient;

  private final Lengths lengths;

  RowGradient(Rows outputGradient, Rows inputGradient, Resources resources) {
    this.outputGradient = outputGradient;
    this.inputGradient = inputGradient;
    this.lengths = resources.lengths();
  }

  @Override
  public final void backward(int steps, int batch) {
    for (int step = 0; step < steps; step++) {
      for (int b = 0; b < batch; b++) {
        long row = (long) step * batch + b;
        if (step < lengths.of(b, steps)) {
          back(row);
        } else if (inputGradient != null) {
          inputGradient.clear(row);
        }
      }
    }
  }

  /** Goes back through one row. */
  abstract void back(long row);
}
