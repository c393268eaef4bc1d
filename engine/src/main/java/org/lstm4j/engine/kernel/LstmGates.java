// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The second half of an LSTM step: gate activations, then the cell update, from the two matrix
 * products.
 *
 * <p>A pre-activation is {@code p = (bias + W_ih x) + W_hh h}. Every gate is {@link
 * ScalarMath#halfTanh} with factors that cost no rounding: tanh p = 2 halfTanh(p/2) for g, sigmoid
 * p = halfTanh(p/4) + 1/2 for the others. Then c' = f * c + i * g and h' = o * tanh(c'). Values of
 * c' and h' below 2^-126 become zero, so that a decaying state never reaches subnormal numbers,
 * which some processors handle slowly.
 *
 * <p>Implementations are stateless and may be shared by threads. {@link VectorLstmGates} and {@link
 * ScalarLstmGates} are twins: equal to the bit.
 */
public interface LstmGates {
  /** Gates in PyTorch's order: i, f, g, o. */
  int GATES = 4;

  /** The place of g, the one gate with tanh, among the gates. */
  int CELL_GATE = 2;

  /**
   * Updates some hidden units of one batch row. Offsets are in bytes; rows of gates are in the
   * vector order of {@link PackedGates}, those of units hold {@code blocks * lanes} floats.
   *
   * @param fromInput bias + W_ih x
   * @param fromHidden W_hh h; overwritten with the activated gates
   * @param c cell state; replaced by the next one
   * @param h receives the hidden state
   * @param firstBlock the first block of units to update
   * @param endBlock behind the last one; anything beyond all blocks counts as all
   */
  void apply(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment c,
      long cOffset,
      MemorySegment h,
      long hOffset,
      int firstBlock,
      int endBlock);
}
