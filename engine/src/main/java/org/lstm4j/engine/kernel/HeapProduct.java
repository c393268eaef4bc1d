// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.WeightStorage;

/**
 * A scalar product over arrays: what runs while the vector kernel is not compiled yet.
 *
 * <p>The interpreter takes microseconds to read one float from a segment, and more for a vector,
 * but nanoseconds for an element of an array: the first step of an LSTM of 64 units took 120 ms
 * with the vector kernels, 20 ms with scalar ones over segments, and takes below 2 ms here. So this
 * kernel has a heap copy of the weights, in their packed order, and copies rows in and out as a
 * whole. Bound to one matrix and one thread; equal to the bit to {@link ScalarMatVec}.
 */
final class HeapProduct implements MatVec, MatMul {
  private final PackedGates layout;
  private final float[] weights;
  private final float[] bias;

  /** Of INT8, else {@code null}. */
  private final float[] scales;

  private final float[] x;
  private final float[] row;

  HeapProduct(PackedMatrix matrix) {
    this.layout = matrix.layout();
    this.weights = new float[Math.toIntExact((long) layout.rowFloats() * layout.inputs())];
    this.bias = floats(matrix.bias(), 0, layout.rowFloats());
    this.x = new float[layout.inputs()];
    this.row = new float[layout.rowFloats()];
    MemorySegment packed = matrix.weights();
    switch (layout.storage()) {
      case FLOAT32 -> MemorySegment.copy(packed, JAVA_FLOAT, 0, weights, 0, weights.length);
      case BFLOAT16, INT8 -> unpack(packed);
    }
    this.scales =
        layout.storage() == WeightStorage.INT8
            ? floats(packed, layout.scalesOffset(), layout.rowFloats())
            : null;
  }

  /** Whether a copy of the weights fits into an array of a size that is worth it. */
  static boolean fits(PackedGates layout) {
    return (long) layout.rowFloats() * layout.inputs() <= 1 << 24;
  }

  private static float[] floats(MemorySegment segment, long offset, int count) {
    float[] values = new float[count];
    MemorySegment.copy(segment, JAVA_FLOAT, offset, values, 0, count);
    return values;
  }

  private void unpack(MemorySegment packed) {
    int[] words = new int[layout.rowFloats() * layout.words()];
    MemorySegment.copy(packed, JAVA_INT, 0, words, 0, words.length);
    boolean integers = layout.storage() == WeightStorage.INT8;
    for (int vector = 0; vector < layout.vectors(); ) {
      int width = layout.tileWidth(vector) * layout.lanes();
      int first = vector * layout.lanes();
      for (int k = 0; k < layout.inputs(); k++) {
        int from = first * layout.words() + k / layout.inputsPerWord() * width;
        int to = first * layout.inputs() + k * width;
        int shift = layout.shift(k);
        for (int i = 0; i < width; i++) {
          int bits = words[from + i] << shift;
          weights[to + i] = integers ? (float) bits : Float.intBitsToFloat(bits);
        }
      }
      vector += layout.tileWidth(vector);
    }
  }

  @Override
  public void apply(
      MemorySegment ignoredWeights,
      MemorySegment ignoredBias,
      MemorySegment input,
      long xOffset,
      MemorySegment out,
      long outOffset,
      int firstTile,
      int endTile) {
    MemorySegment.copy(input, JAVA_FLOAT, xOffset, x, 0, x.length);
    int lanesPerTile = PackedGates.TILE * layout.lanes();
    int first = firstTile * lanesPerTile;
    int end = Math.min(endTile * lanesPerTile, row.length);
    if (first < end) {
      multiply(first, end);
      MemorySegment.copy(row, first, out, JAVA_FLOAT, outOffset + 4L * first, end - first);
    }
  }

  @Override
  public void apply(
      MemorySegment ignoredWeights,
      MemorySegment ignoredBias,
      MemorySegment ignoredScratch,
      MemorySegment input,
      long xOffset,
      long xStride,
      MemorySegment out,
      long outOffset,
      long outStride,
      int rows,
      int firstTile,
      int endTile) {
    for (int r = 0; r < rows; r++) {
      apply(
          ignoredWeights,
          ignoredBias,
          input,
          xOffset + r * xStride,
          out,
          outOffset + r * outStride,
          firstTile,
          endTile);
    }
  }

  private void multiply(int from, int end) {
    for (int i = from; i < end; i++) {
      row[i] = scales == null ? bias[i] : 0;
    }
    for (int vector = from / layout.lanes(); vector * layout.lanes() < end; ) {
      int width = layout.tileWidth(vector) * layout.lanes();
      int first = vector * layout.lanes();
      for (int k = 0; k < x.length; k++) {
        addScaled(weights, first * x.length + k * width, x[k], row, first, width);
      }
      vector += layout.tileWidth(vector);
    }
    if (scales != null) {
      for (int i = from; i < end; i++) {
        row[i] = ScalarMath.fma(row[i], scales[i], bias[i]);
      }
    }
  }

  /** The whole work; two loops, so that the interpreter need not ask each time. */
  private static void addScaled(
      float[] weights, int from, float factor, float[] sums, int to, int width) {
    if (NumericClass.FMA) {
      for (int i = 0; i < width; i++) {
        sums[to + i] = Math.fma(weights[from + i], factor, sums[to + i]);
      }
    } else {
      for (int i = 0; i < width; i++) {
        sums[to + i] = weights[from + i] * factor + sums[to + i];
      }
    }
  }
}
