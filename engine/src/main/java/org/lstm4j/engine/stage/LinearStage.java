// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.SegmentAllocator;
import org.lstm4j.engine.kernel.Kernels;
import org.lstm4j.engine.kernel.MatVec;
import org.lstm4j.engine.kernel.PackedMatrix;

/** W x + b at every time step. */
public final class LinearStage extends RowStage {
  private final Rows input;
  private final PackedMatrix matrix;
  private final MatVec product;

  /** Lays the stage out for at most {@code maxRows} rows. */
  public LinearStage(Rows input, PackedMatrix matrix, SegmentAllocator allocator, long maxRows) {
    super(allocator, maxRows, matrix.layout().units());
    this.input = input;
    this.matrix = matrix;
    this.product = Kernels.matVec(matrix.layout());
  }

  @Override
  void compute(int row) {
    long offset = output.offset(row);
    product.apply(matrix.weights(), input.data(), input.offset(row), output.data(), offset);
    for (int i = 0; i < output.features(); i++) {
      long place = offset + (long) i * Float.BYTES;
      float sum = output.data().get(JAVA_FLOAT, place) + matrix.bias().getAtIndex(JAVA_FLOAT, i);
      output.data().set(JAVA_FLOAT, place, sum);
    }
  }
}
