// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.WeightStorage;

/** The scalar twin of every {@link MatVec}: oracle in tests, and what runs without vectors. */
final class ScalarMatVec implements MatVec {
  private final PackedGates layout;

  ScalarMatVec(PackedGates layout) {
    this.layout = layout;
  }

  @Override
  public void apply(
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset,
      int firstTile,
      int endTile) {
    int end = Math.min(endTile * PackedGates.TILE, layout.vectors());
    for (int vector = firstTile * PackedGates.TILE; vector < end; ) {
      int width = Math.min(PackedGates.TILE, Integer.highestOneBit(layout.vectors() - vector));
      tile(
          weights,
          bias,
          x,
          xOffset,
          out,
          outOffset,
          vector * layout.lanes(),
          width * layout.lanes());
      vector += width;
    }
  }

  /** One tile: {@code stride} outputs from the given one on. */
  private void tile(
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset,
      int output,
      int stride) {
    for (int column = 0; column < stride; column++) {
      long place = (output + (long) column) * Float.BYTES;
      float addend = bias.get(JAVA_FLOAT, place);
      float sum = layout.storage() == WeightStorage.INT8 ? 0 : addend;
      for (int k = 0; k < layout.inputs(); k++) {
        float weight = layout.weight(weights, output, stride, column, k);
        sum = ScalarMath.fma(weight, x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES), sum);
      }
      if (layout.storage() == WeightStorage.INT8) {
        float scale = weights.get(JAVA_FLOAT, layout.scalesOffset() + place);
        sum = ScalarMath.fma(sum, scale, addend);
      }
      out.set(JAVA_FLOAT, outOffset + place, sum);
    }
  }
}
