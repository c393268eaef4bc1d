// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lstm4j.engine.stage.Rows;

/** The way back through stages around which their input is led: dx = dy + what comes back. */
public final class ResidualGradient implements GradientStage {
  private final GradientStage[] inner;
  private final Rows outputGradient;
  private final Rows innerGradient;
  private final Rows inputGradient;

  /**
   * Lays it out.
   *
   * @param inner the way back through the stages, in their order, which ends in {@code
   *     inputGradient}
   * @param outputGradient the gradient of the sum
   * @param innerGradient where that of the last inner stage's output goes in, which may change it
   * @param inputGradient receives that of the input; {@code null} if nobody asks for it
   */
  public ResidualGradient(
      List<GradientStage> inner, Rows outputGradient, Rows innerGradient, Rows inputGradient) {
    this.inner = inner.toArray(new GradientStage[0]);
    this.outputGradient = outputGradient;
    this.innerGradient = innerGradient;
    this.inputGradient = inputGradient;
  }

  @Override
  public void backward(int steps, int batch) {
    long rows = (long) steps * batch;
    long bytes = outputGradient.offset(rows);
    MemorySegment.copy(outputGradient.data(), 0, innerGradient.data(), 0, bytes);
    for (int i = inner.length - 1; i >= 0; i--) {
      inner[i].backward(steps, batch);
    }
    if (inputGradient != null) {
      for (long row = 0; row < rows; row++) {
        inputGradient.add(row, 1, outputGradient, row);
      }
    }
  }

  @Override
  public void refresh() {
    for (GradientStage stage : inner) {
      stage.refresh();
    }
  }

  @Override
  public void collect() {
    for (GradientStage stage : inner) {
      stage.collect();
    }
  }

  @Override
  public void clear() {
    for (GradientStage stage : inner) {
      stage.clear();
    }
  }
}
