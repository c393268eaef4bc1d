// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Matrix times vector over one packed matrix: {@code out = W x}. Implementations are stateless and
 * may be shared by threads. {@link VectorMatVec} and {@link ScalarMatVec} are twins: equal to the
 * bit.
 */
public interface MatVec {
  /**
   * Computes one output row. Offsets are in bytes; {@code x} must not overlap {@code out}.
   *
   * @param weights the matrix, packed as the {@link PackedGates} this kernel was made for
   * @param x {@code inputs} floats
   * @param out receives {@code rowFloats} floats in vector order
   */
  void apply(
      MemorySegment weights, MemorySegment x, long xOffset, MemorySegment out, long outOffset);
}
