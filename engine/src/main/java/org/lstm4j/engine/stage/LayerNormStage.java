// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.LayerNorm;

/** Layer normalisation at every time step. */
public final class LayerNormStage extends RowStage {
  private final Rows input;
  private final Rows weight;
  private final Rows bias;
  private final float eps;
  private LayerNorm kernel;

  /**
   * Lays the stage out.
   *
   * @param weight a factor for each feature, or {@code null} for ones
   * @param bias what is added to each feature, or {@code null} for zeros
   */
  public LayerNormStage(
      Rows input,
      MemorySegment weight,
      MemorySegment bias,
      float eps,
      Resources resources,
      long maxRows) {
    super(resources.allocator(), maxRows, input.features());
    this.input = input;
    this.weight = row(weight, 1, resources);
    this.bias = row(bias, 0, resources);
    this.eps = eps;
    resources.kernels().layerNorm(chosen -> this.kernel = chosen);
  }

  /** A copy with room behind it, because kernels read whole vectors. */
  private Rows row(MemorySegment values, float otherwise, Resources resources) {
    Rows row = Rows.allocate(resources.allocator(), 1, input.features());
    for (int i = 0; i < row.features(); i++) {
      float value = values == null ? otherwise : values.getAtIndex(JAVA_FLOAT, i);
      row.data().setAtIndex(JAVA_FLOAT, i, value);
    }
    return row;
  }

  @Override
  void compute(int row) {
    kernel.apply(
        input.data(),
        input.offset(row),
        output.data(),
        output.offset(row),
        weight.data(),
        bias.data(),
        eps,
        input.features());
  }
}
