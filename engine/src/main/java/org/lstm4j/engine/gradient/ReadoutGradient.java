// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import org.lstm4j.engine.stage.Lengths;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/**
 * The way back through a readout: from the gradient of one row for each batch row to that of a
 * sequence, zeros beyond its length.
 */
public abstract sealed class ReadoutGradient implements GradientStage
    permits LastGradient, MaxOverTimeGradient, WeightedOverTimeGradient, AttentionGradient {
  /** The gradient of what is read. */
  final Rows outputGradient;

  /** Receives that of the sequence; {@code null} if nobody asks for it. */
  final Rows inputGradient;

  /** How long the sequences are. */
  final Lengths lengths;

  ReadoutGradient(Rows outputGradient, Rows inputGradient, Resources resources) {
    this.outputGradient = outputGradient;
    this.inputGradient = inputGradient;
    this.lengths = resources.lengths();
  }

  @Override
  public final void backward(int steps, int batch) {
    prepare(steps, batch);
    if (inputGradient == null) {
      return;
    }
    for (int b = 0; b < batch; b++) {
      int length = lengths.of(b, steps);
      for (int t = startsFromZeros() ? 0 : length; t < steps; t++) {
        inputGradient.clear((long) t * batch + b);
      }
      spread(length, batch, b);
    }
  }

  /** What is done once for all batch rows, before they are. */
  void prepare(int steps, int batch) {}

  /** Whether the gradient of the sequence is zeros before {@link #spread}. */
  abstract boolean startsFromZeros();

  /** Sets the gradient of one batch row's sequence, the rows {@code t * batch + batchRow}. */
  abstract void spread(int steps, int batch, int batchRow);
}
