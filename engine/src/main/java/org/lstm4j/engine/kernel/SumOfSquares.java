// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The sum of the squares of floats, in double precision: nothing overflows, and a million weights
 * lose no bit that counts. {@link VectorSumOfSquares} and {@link ScalarSumOfSquares} are twins:
 * equal to the bit.
 *
 * <p>It runs in {@value #PARTIAL_SUMS} fixed partial sums (element i goes to sum i mod 16; then the
 * sums are added in turn), so that it does not depend on lanes. The square of a float is exact, so
 * it does not depend on the numeric class either.
 */
public interface SumOfSquares {
  /** Partial sums of a sum. */
  int PARTIAL_SUMS = 16;

  /**
   * What a kernel is made for.
   *
   * @param lanes doubles per vector, 2 or 4
   */
  record Shape(int lanes) {}

  /**
   * Adds up the squares from a float on to before another.
   *
   * @param from the first float
   * @param end behind the last one
   */
  double apply(MemorySegment floats, long from, long end);
}
