// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The second half of a GRU step: r, z, then the candidate n, then h.
 *
 * <p>The biases stay on their sides, since r multiplies that of the recurrent product: with {@code
 * a = b_ih + W_ih x} and {@code b = b_hh + W_hh h},
 *
 * <pre>
 *   r = sigmoid(a_r + b_r)     z = sigmoid(a_z + b_z)
 *   n = tanh(a_n + r * b_n)    h' = n + z * (h - n)
 * </pre>
 *
 * with tanh p = 2 halfTanh(p/2) and sigmoid p = halfTanh(p/4) + 1/2, by {@link
 * ScalarMath#halfTanh}. {@code fromHidden} has r and z afterwards in the places of b_r and b_z.
 *
 * <p>{@link VectorGruGates} and {@link ScalarGruGates} are twins: equal to the bit.
 */
public interface GruGates extends CellUpdate {
  /** Gates in PyTorch's order: r, z, n. */
  int GATES = 3;
}
