// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.SegmentAllocator;
import org.lstm4j.engine.kernel.Kernels;
import org.lstm4j.engine.kernel.MatVec;
import org.lstm4j.engine.kernel.PackedMatrix;

/** W x + b at every time step. */
public final class LinearStage implements Stage {
  private final Rows input;
  private final PackedMatrix matrix;
  private final MatVec product;
  private final Rows output;

  /** Lays the stage out for at most {@code maxRows} rows. */
  public LinearStage(Rows input, PackedMatrix matrix, SegmentAllocator allocator, long maxRows) {
    this.input = input;
    this.matrix = matrix;
    this.product = Kernels.matVec(matrix.layout());
    this.output = Rows.allocate(allocator, maxRows, matrix.layout().units());
  }

  @Override
  public Rows output() {
    return output;
  }

  @Override
  public int forward(int steps, int batch) {
    int rows = steps * batch;
    for (int row = 0; row < rows; row++) {
      product.apply(
          matrix.weights(), input.data(), input.offset(row), output.data(), output.offset(row));
      addBias(output.offset(row));
    }
    return steps;
  }

  private void addBias(long offset) {
    for (int i = 0; i < output.features(); i++) {
      long place = offset + (long) i * Float.BYTES;
      float sum = output.data().get(JAVA_FLOAT, place) + matrix.bias().getAtIndex(JAVA_FLOAT, i);
      output.data().set(JAVA_FLOAT, place, sum);
    }
  }
}
