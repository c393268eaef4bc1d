// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * The scalar twin of {@link VectorSumOfSquares}: oracle in tests, and what runs without vectors.
 */
final class ScalarSumOfSquares implements SumOfSquares {
  @Override
  public double apply(MemorySegment floats, long from, long end) {
    double total = 0;
    for (int j = 0; j < PARTIAL_SUMS; j++) {
      double partial = 0;
      for (long i = from + j; i < end; i += PARTIAL_SUMS) {
        partial += square(floats, i);
      }
      total += partial;
    }
    return total;
  }

  static double square(MemorySegment floats, long i) {
    double value = floats.getAtIndex(JAVA_FLOAT, i);
    return value * value;
  }
}
