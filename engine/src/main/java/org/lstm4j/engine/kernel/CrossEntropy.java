// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The cross-entropy of a row of logits and a class, and its gradient. {@link VectorCrossEntropy}
 * and {@link ScalarCrossEntropy} are twins: equal to the bit.
 *
 * <p>Exponentials are of the distances from the largest logit, so that none overflows. Their sum
 * runs in {@value #PARTIAL_SUMS} fixed partial sums (element i goes to sum i mod 16; then the sums
 * are added in turn), so that it does not depend on lanes.
 */
public interface CrossEntropy {
  /** Partial sums of a sum over a row. */
  int PARTIAL_SUMS = 16;

  /** Scratch memory for the partial sums. */
  long SCRATCH_BYTES = (long) PARTIAL_SUMS * Float.BYTES;

  /**
   * What a kernel is made for.
   *
   * @param lanes floats per vector
   */
  record Shape(int lanes) {}

  /**
   * Computes {@code out[i] = scale * (exp(in[i]) / sum_j exp(in[j]) - [i == target])} for n
   * features; those behind them up to a whole vector are written too. Offsets are in bytes. Results
   * below 2^-126 become zero.
   *
   * @param scratch {@link #SCRATCH_BYTES} of the calling thread
   * @param target from 0 to n - 1
   * @return log(sum_j exp(in[j])) - in[target]
   */
  double apply(
      MemorySegment in,
      long inOffset,
      MemorySegment out,
      long outOffset,
      MemorySegment scratch,
      int target,
      double scale,
      int n);
}
