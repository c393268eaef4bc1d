// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorLayerNorm}: oracle in tests, and what runs without vectors. */
final class ScalarLayerNorm implements LayerNorm {
  @Override
  public void apply(
      MemorySegment in,
      long inOffset,
      MemorySegment out,
      long outOffset,
      MemorySegment weight,
      MemorySegment bias,
      float eps,
      int n) {
    float mean = sum(in, inOffset, n) / n;
    float variance = squares(in, inOffset, mean, n) / n;
    float scale = scale(variance, eps);
    for (int i = 0; i < n; i++) {
      float normal = (get(in, inOffset, i) - mean) * scale;
      float y = ScalarMath.fma(normal, get(weight, 0, i), get(bias, 0, i));
      out.set(JAVA_FLOAT, outOffset + (long) i * Float.BYTES, y);
    }
  }

  /** What the distances from the mean are multiplied by. */
  static float scale(float variance, float eps) {
    return 1 / (float) Math.sqrt(variance + eps);
  }

  private static float sum(MemorySegment row, long offset, int n) {
    float total = 0;
    for (int j = 0; j < PARTIAL_SUMS; j++) {
      float partial = 0;
      for (int i = j; i < n; i += PARTIAL_SUMS) {
        partial += get(row, offset, i);
      }
      total += partial;
    }
    return total;
  }

  private static float squares(MemorySegment row, long offset, float mean, int n) {
    float total = 0;
    for (int j = 0; j < PARTIAL_SUMS; j++) {
      float partial = 0;
      for (int i = j; i < n; i += PARTIAL_SUMS) {
        float distance = get(row, offset, i) - mean;
        partial = ScalarMath.fma(distance, distance, partial);
      }
      total += partial;
    }
    return total;
  }

  static float get(MemorySegment row, long offset, int i) {
    return row.get(JAVA_FLOAT, offset + (long) i * Float.BYTES);
  }
}
