// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The way back through {@link RnnGates}: with the gradient dh of h', that of the pre-activation is
 * dh times
 *
 * <pre>
 *   TANH  1 - h' h'     SIGMOID  h' (1 - h')     RELU  1 where h' &gt; 0, else 0
 * </pre>
 *
 * and becomes zero below 2^-126: over many steps it often decays, and has no other way than this.
 * {@code fromInput}, {@code before} and {@code carry} are not touched.
 *
 * <p>{@link VectorRnnGradient} and {@link ScalarRnnGradient} are twins: equal to the bit.
 */
public interface RnnGradient extends CellGradient {}
