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
      int inputs,
      int rows,
      MemorySegment scratch,
      MemorySegment weights,
      long weightsStride,
      MemorySegment bias,
      int firstOutput,
      int endOutput) {
    for (int first = 0; first < rows; first += CHUNK) {
      int end = Math.min(first + CHUNK, rows);
      for (int output = firstOutput; output < endOutput; output++) {
        long column = dOffset + (long) output * Float.BYTES;
        if (bias != null) {
          float sum = 0;
          for (int r = first; r < end; r++) {
            sum += d.get(JAVA_FLOAT, column + r * dStride);
          }
          add(bias, (long) output * Float.BYTES, sum);
        }
        for (int input = 0; input < inputs; input++) {
          long place = (long) input * Float.BYTES;
          float sum = 0;
          for (int r = first; r < end; r++) {
            float gradient = d.get(JAVA_FLOAT, column + r * dStride);
            float value = x.get(JAVA_FLOAT, xOffset + r * xStride + place);
            sum = ScalarMath.fma(gradient, value, sum);
          }
          add(weights, output * weightsStride + place, sum);
        }
      }
    }
  }

  private static void add(MemorySegment sums, long at, float value) {
    sums.set(JAVA_FLOAT, at, sums.get(JAVA_FLOAT, at) + value);
  }
}
