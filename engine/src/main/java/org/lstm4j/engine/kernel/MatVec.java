// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Matrix times vector over one packed matrix: {@code out = bias + W x}. Implementations are
 * stateless and may be shared by threads. There is a vector kernel for each storage of weights;
 * {@link ScalarMatVec} is the twin of all: equal to the bit.
 */
public interface MatVec {
  /**
   * Computes some tiles of one output row. Offsets are in bytes; {@code x} must not overlap {@code
   * out}.
   *
   * @param weights the matrix, packed as the {@link PackedGates} this kernel was made for
   * @param bias one output row
   * @param x {@code inputs} floats
   * @param out receives floats in vector order, those of the given tiles
   * @param firstTile the first tile to compute
   * @param endTile behind the last one; at most {@link PackedGates#tiles()}
   */
  void apply(
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset,
      int firstTile,
      int endTile);
}
