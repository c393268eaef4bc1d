// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.LayerNorm;

/** Layer normalisation at every time step. */
public final class LayerNormStage extends RowStage {
  private final Rows input;
  private final MemorySegment weight;
  private final MemorySegment bias;
  private final float eps;
  private final Resources resources;
  private LayerNorm kernel;

  /**
   * Lays the stage out.
   *
   * @param weight a factor for each feature, or {@code null} for ones; with room for a whole vector
   *     behind it, and read at each run
   * @param bias what is added to each feature, or {@code null} for zeros; likewise
   */
  public LayerNormStage(
      Rows input,
      MemorySegment weight,
      MemorySegment bias,
      float eps,
      Resources resources,
      long maxRows) {
    super(resources.kept(), maxRows, input.features());
    this.input = input;
    this.weight = weight == null ? constant(1, input.features(), resources) : weight;
    this.bias = bias == null ? constant(0, input.features(), resources) : bias;
    this.eps = eps;
    this.resources = resources;
    resources.kernels().layerNorm(chosen -> this.kernel = chosen);
  }

  private static MemorySegment constant(float value, int features, Resources resources) {
    Rows row = Rows.allocate(resources.temporary(), 1, features);
    for (int i = 0; i < features; i++) {
      row.data().setAtIndex(JAVA_FLOAT, i, value);
    }
    return row.data();
  }

  @Override
  public int forward(int steps, int batch) {
    super.forward(steps, batch);
    if (resources.keepsSteps() && resources.lengths().areGiven()) {
      clearBeyondLengths(steps, batch);
    }
    return steps;
  }

  /** Zeros without eps become NaN, which the way back would multiply by zero. */
  private void clearBeyondLengths(int steps, int batch) {
    for (int b = 0; b < batch; b++) {
      for (int t = resources.lengths().of(b, steps); t < steps; t++) {
        output.clear((long) t * batch + b);
      }
    }
  }

  @Override
  void compute(int row) {
    kernel.apply(
        input.data(),
        input.offset(row),
        output.data(),
        output.offset(row),
        weight,
        bias,
        eps,
        input.features());
  }
}
