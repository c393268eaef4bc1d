// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import org.lstm4j.engine.stage.DroppedStage;
import org.lstm4j.engine.stage.Rows;

/** The way back through a stage with dropout: what was dropped has no gradient. */
public final class DroppedGradient implements GradientStage {
  private final DroppedStage stage;
  private final GradientStage inner;
  private final Rows outputGradient;

  /**
   * Lays it out.
   *
   * @param inner the way back through the stage itself
   * @param outputGradient the gradient of what is left; then, of what the stage gave
   */
  public DroppedGradient(DroppedStage stage, GradientStage inner, Rows outputGradient) {
    this.stage = stage;
    this.inner = inner;
    this.outputGradient = outputGradient;
  }

  @Override
  public void backward(int steps, int batch) {
    stage.back(outputGradient);
    inner.backward(steps, batch);
  }

  @Override
  public void refresh() {
    inner.refresh();
  }

  @Override
  public void collect() {
    inner.collect();
  }

  @Override
  public void clear() {
    inner.clear();
  }
}
