// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The way back through {@link CellUpdate}: from the gradient of a step's hidden state to those of
 * its pre-activations and of the state before.
 *
 * <p>"Gradient" always is that of the loss. Implementations are stateless and may be shared by
 * threads, unless they say otherwise.
 */
public interface CellGradient {
  /**
   * Goes back through one step of one batch row. Offsets are in bytes; rows of gates are in the
   * vector order of {@link PackedGates}, those of units hold whole vectors.
   *
   * @param fromInput bias + W_ih x; a cell whose two products have different gradients leaves that
   *     of this one here, others do not touch it, and only some read it
   * @param gates what {@link CellUpdate} left of W_hh h; receives the gradient of that product
   * @param before the cell state of an LSTM before the step, else the hidden state
   * @param after the same after the step
   * @param fromAbove the gradient of h from what reads the output
   * @param fromNext the gradient of h from the product of the step after
   * @param carry the gradient of the cell state of an LSTM; else what reached h by other ways than
   *     the product of the step after; replaced by that of the state before
   */
  void apply(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment gates,
      long gatesOffset,
      MemorySegment before,
      long beforeOffset,
      MemorySegment after,
      long afterOffset,
      MemorySegment fromAbove,
      long fromAboveOffset,
      MemorySegment fromNext,
      long fromNextOffset,
      MemorySegment carry,
      long carryOffset);
}
