// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The second half of a step of a recurrent layer: from its two matrix products and its state to the
 * next state.
 *
 * <p>Implementations are stateless and may be shared by threads, unless they say otherwise. Values
 * of the next state below 2^-126 become zero, so that a decaying state never reaches subnormal
 * numbers, which some processors handle slowly.
 */
public interface CellUpdate {
  /**
   * Updates some hidden units of one batch row. Offsets are in bytes; rows of gates are in the
   * vector order of {@link PackedGates}, those of units hold whole vectors.
   *
   * @param fromInput bias + W_ih x
   * @param fromHidden W_hh h; overwritten, also behind the gates where the kernel asks for room
   * @param state the cell state of an LSTM, replaced by the next one; else the hidden state of the
   *     step before, which is left as it is
   * @param h receives the hidden state; not the memory of {@code state}
   * @param firstBlock the first block of units to update
   * @param endBlock behind the last one; anything beyond all blocks counts as all
   */
  void apply(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment state,
      long stateOffset,
      MemorySegment h,
      long hOffset,
      int firstBlock,
      int endBlock);
}
