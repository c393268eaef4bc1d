// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * The scalar twin of {@link VectorCrossEntropy}: oracle in tests, and what runs without vectors.
 */
final class ScalarCrossEntropy implements CrossEntropy {
  @Override
  public double apply(
      MemorySegment in,
      long inOffset,
      MemorySegment out,
      long outOffset,
      MemorySegment scratch,
      int target,
      double scale,
      int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, get(in, inOffset, i));
    }
    for (int i = 0; i < n; i++) {
      put(out, outOffset, i, ScalarMath.exp(get(in, inOffset, i) - max));
    }
    float sum = sum(out, outOffset, n);
    float ofTarget = get(out, outOffset, target);
    float factor = (float) (scale / sum);
    for (int i = 0; i < n; i++) {
      put(out, outOffset, i, Subnormals.flush(get(out, outOffset, i) * factor));
    }
    put(out, outOffset, target, gradientOfTarget(ofTarget, sum, scale));
    return loss(get(in, inOffset, target), max, sum);
  }

  static float gradientOfTarget(float exponential, float sum, double scale) {
    return Subnormals.flush((float) (scale * ((double) exponential / sum - 1)));
  }

  static double loss(float logit, float max, float sum) {
    return (double) ScalarMath.log(sum) + ((double) max - logit);
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

  static float get(MemorySegment row, long offset, int i) {
    return row.get(JAVA_FLOAT, offset + (long) i * Float.BYTES);
  }

  static void put(MemorySegment row, long offset, int i, float value) {
    row.set(JAVA_FLOAT, offset + (long) i * Float.BYTES, value);
  }
}
