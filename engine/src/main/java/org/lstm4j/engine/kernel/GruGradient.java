// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The way back through {@link GruGates}. With a and b, r, z and n as there, and the gradient dh of
 * h':
 *
 * <pre>
 *   dn = dh (1 - z)   (1 - n n)     da_n = dn    db_n = dn r
 *   dz = dh (h - n)   z (1 - z)     da_z = db_z = dz
 *   dr = dn b_n       r (1 - r)     da_r = db_r = dr        dh_direct = dh z
 * </pre>
 *
 * where dr, dz and dn are those of pre-activations: the derivative of the formulas in PyTorch's
 * documentation of {@code torch.nn.GRU}. n is computed again, to the same bits. {@code fromInput}
 * becomes da, {@code gates} db, and {@code carry} what reaches h past the products.
 *
 * <p>{@link VectorGruGradient} and {@link ScalarGruGradient} are twins: equal to the bit.
 */
public interface GruGradient extends CellGradient {}
