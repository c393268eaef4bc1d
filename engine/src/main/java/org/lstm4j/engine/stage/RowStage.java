// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.SegmentAllocator;

/** A stage that turns each row into one row, whatever its time step. */
public abstract sealed class RowStage implements Stage
    permits OneHotStage, EmbeddingStage, ActivationStage, LayerNormStage {
  /** One row for each row of the input. */
  final Rows output;

  RowStage(SegmentAllocator allocator, long maxRows, int features) {
    this.output = Rows.allocate(allocator, maxRows, features);
  }

  @Override
  public final Rows output() {
    return output;
  }

  @Override
  public int forward(int steps, int batch) {
    int rows = steps * batch;
    for (int row = 0; row < rows; row++) {
      compute(row);
    }
    return steps;
  }

  /** Computes one row of the output. */
  abstract void compute(int row);
}
