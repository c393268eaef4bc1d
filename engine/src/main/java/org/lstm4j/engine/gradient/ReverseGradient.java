// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.stage.Lengths;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/** The way back through time steps in reverse: their gradients in reverse. */
public final class ReverseGradient implements GradientStage {
  private final Rows outputGradient;
  private final Rows inputGradient;
  private final Lengths lengths;

  /**
   * Lays it out.
   *
   * @param outputGradient the gradient of the stage's output
   * @param inputGradient receives that of its input
   */
  public ReverseGradient(Rows outputGradient, Rows inputGradient, Resources resources) {
    this.outputGradient = outputGradient;
    this.inputGradient = inputGradient;
    this.lengths = resources.lengths();
  }

  @Override
  public void backward(int steps, int batch) {
    long bytes = (long) outputGradient.features() * Float.BYTES;
    for (int b = 0; b < batch; b++) {
      int length = lengths.of(b, steps);
      for (int t = 0; t < length; t++) {
        long from = outputGradient.offset((long) (length - 1 - t) * batch + b);
        long to = inputGradient.offset((long) t * batch + b);
        MemorySegment.copy(outputGradient.data(), from, inputGradient.data(), to, bytes);
      }
      for (int t = length; t < steps; t++) {
        inputGradient.clear((long) t * batch + b);
      }
    }
  }
}
