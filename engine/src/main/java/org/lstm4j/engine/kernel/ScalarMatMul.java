// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorMatMul}: one row after the other. */
final class ScalarMatMul implements MatMul {
  private final MatVec row;

  ScalarMatMul(PackedGates layout) {
    this.row = new ScalarMatVec(layout);
  }

  @Override
  public void apply(
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment scratch,
      MemorySegment x,
      long xOffset,
      long xStride,
      MemorySegment out,
      long outOffset,
      long outStride,
      int rows,
      int firstTile,
      int endTile) {
    for (int r = 0; r < rows; r++) {
      row.apply(
          weights,
          bias,
          x,
          xOffset + r * xStride,
          out,
          outOffset + r * outStride,
          firstTile,
          endTile);
    }
  }
}
