// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorWeightGradient}. */
final class ScalarWeightGradient implements WeightGradient {
  @Override
  public void apply(
      MemorySegment d,
      long dOffset,
      long dStride,
      MemorySegment x,
      long xOffset,
      long xStride,
      int rows,
      MemorySegment scratch,
      PackedGates layout,
      MemorySegment weights,
      MemorySegment bias,
      int firstOutput,
      int endOutput) {
    for (int first = 0; first < rows; first += CHUNK) {
      int end = Math.min(first + CHUNK, rows);
      for (int output = firstOutput; output < endOutput; output++) {
        long column = dOffset + (long) output * Float.BYTES;
        if (bias != null) {
          add(bias, (long) output * Float.BYTES, sumOfRows(d, column, dStride, first, end));
        }
        if (layout.unit(output) >= layout.units()) {
          continue;
        }
        long weightsRow = (long) layout.matrixRow(output) * layout.inputs() * Float.BYTES;
        for (int input = 0; input < layout.inputs(); input++) {
          long place = (long) input * Float.BYTES;
          float sum = 0;
          for (int r = first; r < end; r++) {
            float gradient = d.get(JAVA_FLOAT, column + r * dStride);
            float value = x.get(JAVA_FLOAT, xOffset + r * xStride + place);
            sum = ScalarMath.fma(gradient, value, sum);
          }
          add(weights, weightsRow + place, sum);
        }
      }
    }
  }

  private static float sumOfRows(MemorySegment d, long column, long dStride, int first, int end) {
    float low = chain(d, column, dStride, first, end) + chain(d, column, dStride, first + 1, end);
    float high =
        chain(d, column, dStride, first + 2, end) + chain(d, column, dStride, first + 3, end);
    return low + high;
  }

  /** The sum of every fourth row. */
  private static float chain(MemorySegment d, long column, long dStride, int first, int end) {
    float sum = 0;
    for (int r = first; r < end; r += 4) {
      sum += d.get(JAVA_FLOAT, column + r * dStride);
    }
    return sum;
  }

  private static void add(MemorySegment sums, long at, float value) {
    sums.set(JAVA_FLOAT, at, sums.get(JAVA_FLOAT, at) + value);
  }
}
