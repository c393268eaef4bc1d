// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorMatVec}: oracle in tests, and what runs without vectors. */
final class ScalarMatVec implements MatVec {
  private final PackedGates layout;

  ScalarMatVec(PackedGates layout) {
    this.layout = layout;
  }

  @Override
  public void apply(
      MemorySegment weights, MemorySegment x, long xOffset, MemorySegment out, long outOffset) {
    int vectors = layout.vectors();
    int lanes = layout.lanes();
    int inputs = layout.inputs();
    for (int tile = 0; tile < vectors; ) {
      int width = Math.min(PackedGates.TILE, Integer.highestOneBit(vectors - tile));
      int stride = width * lanes;
      for (int column = 0; column < stride; column++) {
        float sum = 0;
        long weight = (long) tile * inputs * lanes + column;
        for (int k = 0; k < inputs; k++) {
          sum =
              ScalarMath.fma(
                  weights.getAtIndex(JAVA_FLOAT, weight + (long) k * stride),
                  x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES),
                  sum);
        }
        long place = ((long) tile * lanes + column) * Float.BYTES;
        out.set(JAVA_FLOAT, outOffset + place, sum);
      }
      tile += width;
    }
  }
}
