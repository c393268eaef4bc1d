// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Softmax and log-softmax over a row, shifted by the row's maximum so that nothing overflows.
 *
 * <p>The exponentials go through {@link Elementwise}; the sum runs in {@value #PARTIAL_SUMS} fixed
 * partial sums (element i goes to sum i mod 16; then the sums are added in turn), so that it does
 * not depend on lanes.
 */
public final class Softmax {
  private static final int PARTIAL_SUMS = 16;

  private final Elementwise exp;

  /** A softmax with the exponential that a session runs. */
  public Softmax(SessionKernels kernels) {
    this.exp = kernels.elementwise(Elementwise.Function.EXP, 0, 0);
  }

  /** {@code out_i = exp(in_i - max) / sum_j exp(in_j - max)}; offsets in bytes. */
  public void softmax(MemorySegment in, long inOffset, MemorySegment out, long outOffset, int n) {
    shift(in, inOffset, out, outOffset, n, max(in, inOffset, n));
    exp.apply(out, outOffset, out, outOffset, n);
    float sum = sum(out, outOffset, n);
    for (int i = 0; i < n; i++) {
      put(out, outOffset, i, get(out, outOffset, i) / sum);
    }
  }

  /**
   * {@code out_i = (in_i - max) - log(sum_j exp(in_j - max))}; offsets in bytes; the rows must not
   * overlap.
   */
  public void logSoftmax(
      MemorySegment in, long inOffset, MemorySegment out, long outOffset, int n) {
    float max = max(in, inOffset, n);
    shift(in, inOffset, out, outOffset, n, max);
    exp.apply(out, outOffset, out, outOffset, n);
    float logSum = ScalarMath.log(sum(out, outOffset, n));
    for (int i = 0; i < n; i++) {
      put(out, outOffset, i, get(in, inOffset, i) - max - logSum);
    }
  }

  private static void shift(
      MemorySegment in, long inOffset, MemorySegment out, long outOffset, int n, float max) {
    for (int i = 0; i < n; i++) {
      put(out, outOffset, i, get(in, inOffset, i) - max);
    }
  }

  private static float max(MemorySegment row, long offset, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, get(row, offset, i));
    }
    return max;
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

  private static float get(MemorySegment row, long offset, int i) {
    return row.get(JAVA_FLOAT, offset + (long) i * Float.BYTES);
  }

  private static void put(MemorySegment row, long offset, int i, float value) {
    row.set(JAVA_FLOAT, offset + (long) i * Float.BYTES, value);
  }
}
