// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Matrix times several vectors over one packed matrix: {@code out[r] = bias + W x[r]}, each result
 * equal to the bit to that of {@link MatVec}. Implementations are stateless and may be shared by
 * threads. {@link VectorMatMul} and {@link ScalarMatMul} are twins.
 */
public interface MatMul {
  /** Vectors whose weights are unpacked at a time, at most. */
  int MAX_SIDE = 4;

  /** Bytes of scratch memory that a call needs where weights are not FLOAT32. */
  static long scratchBytes(PackedGates layout) {
    return (long) layout.inputsPerWord() * layout.words() * MAX_SIDE * layout.lanes() * Float.BYTES;
  }

  /**
   * Computes some tiles of {@code rows} output rows. Offsets and strides are in bytes; {@code x}
   * must not overlap {@code out}.
   *
   * @param weights the matrix, packed as the {@link PackedGates} this kernel was made for
   * @param bias one output row
   * @param scratch {@link #scratchBytes} bytes of the calling thread; unused for FLOAT32
   * @param x rows of {@code inputs} floats
   * @param out receives rows of {@code rowFloats} floats in vector order, those of the given tiles
   * @param rows at least 1
   * @param firstTile the first tile to compute
   * @param endTile behind the last one; at most {@link PackedGates#tiles()}
   */
  void apply(
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment scratch,
      MemorySegment x,
      long xOffset,
      long xStride,
      MemorySegment out,
      long outOffset,
      long outStride,
      int rows,
      int firstTile,
      int endTile);
}
