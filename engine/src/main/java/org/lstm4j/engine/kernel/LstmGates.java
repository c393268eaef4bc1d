// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The second half of an LSTM step: gate activations, then the cell update.
 *
 * <p>A pre-activation is {@code p = (bias + W_ih x) + W_hh h}. Every gate is {@link
 * ScalarMath#halfTanh} with factors that cost no rounding: tanh p = 2 halfTanh(p/2) for g, sigmoid
 * p = halfTanh(p/4) + 1/2 for the others. Then c' = f * c + i * g and h' = o * tanh(c'). {@code
 * fromHidden} becomes the activated gates.
 *
 * <p>{@link VectorLstmGates} and {@link ScalarLstmGates} are twins: equal to the bit.
 */
public interface LstmGates extends CellUpdate {
  /** Gates in PyTorch's order: i, f, g, o. */
  int GATES = 4;

  /** The place of g, the one gate with tanh, among the gates. */
  int CELL_GATE = 2;
}
