// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorMatMul}: one row after the other. */
final class ScalarMatMul implements MatMul {
  private final MatVec row;
  private final int tiles;

  ScalarMatMul(PackedGates layout) {
    this.row = new ScalarMatVec(layout);
    this.tiles = layout.tiles();
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
      int rows) {
    for (int r = 0; r < rows; r++) {
      row.apply(weights, bias, x, xOffset + r * xStride, out, outOffset + r * outStride, 0, tiles);
    }
  }
}
