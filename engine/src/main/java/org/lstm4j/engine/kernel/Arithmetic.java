// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * An operation on up to three rows, feature by feature: what the rarer forms of cells are put
 * together from, with {@link Elementwise}. {@link VectorArithmetic} and {@link ScalarArithmetic}
 * are twins: equal to the bit.
 */
public interface Arithmetic {
  /** What is computed. */
  enum Operation {
    /** a. */
    COPY,
    /** a + b. */
    ADD,
    /** a * b. */
    MULTIPLY,
    /** a * b + c. */
    MULTIPLY_ADD,
    /** a * (b - c) + c: b and c in the ratio a to 1 - a. */
    MIX
  }

  /**
   * An operation with its constants.
   *
   * @param clip what the result is limited to, in either direction; 0 for no limit
   * @param lanes floats per vector
   */
  record Shape(Operation operation, float clip, int lanes) {}

  /**
   * Computes n features, and those behind them up to a whole vector; results below 2^-126 become
   * zero. Offsets are in bytes. {@code out} may be one of the others; of those that an operation
   * does not have, any row will do.
   */
  void apply(
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment c,
      long cOffset,
      MemorySegment out,
      long outOffset,
      int n);
}
