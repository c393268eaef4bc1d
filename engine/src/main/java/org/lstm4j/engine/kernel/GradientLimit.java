// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Makes gradients smaller, in place. {@link VectorGradientLimit} and {@link ScalarGradientLimit}
 * are twins: equal to the bit.
 */
public interface GradientLimit {
  /** How. */
  enum Operation {
    /** Multiplied by the limit. */
    SCALE,
    /** Not beyond the limit in either direction; NaN stays NaN. */
    CLAMP
  }

  /**
   * What a kernel is made for.
   *
   * @param lanes floats per vector
   */
  record Shape(Operation operation, int lanes) {}

  /**
   * Changes the floats from one on to before another, and nothing else.
   *
   * @param from the first float
   * @param end behind the last one
   */
  void apply(MemorySegment gradients, float limit, long from, long end);
}
