// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The way back through {@link LstmGates}. With the gates i, f, g, o of a step, the cell states c
 * before and c' after it, and the gradients dh of its hidden state and dc' of c' from the step
 * after:
 *
 * <pre>
 *   t  = tanh(c')            dc' = dc' + dh o (1 - t t)
 *   do = dh t    o (1 - o)   df = dc' c   f (1 - f)
 *   di = dc' g   i (1 - i)   dg = dc' i   (1 - g g)      dc = dc' f
 * </pre>
 *
 * which is the derivative of the formulas in PyTorch's documentation of {@code torch.nn.LSTM}. t is
 * computed again, to the same bits.
 *
 * <p>{@link VectorLstmGradient} and {@link ScalarLstmGradient} are twins: equal to the bit.
 */
public interface LstmGradient extends CellGradient {}
