// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A function of one feature, over a row of them. {@link VectorElementwise} and {@link
 * ScalarElementwise} are twins: equal to the bit.
 */
public interface Elementwise {
  /** The functions; formulas in {@link ScalarElementwise}. */
  enum Function {
    SIGMOID,
    TANH,
    RELU,
    LEAKY_RELU,
    ELU,
    GELU,
    GELU_TANH,
    SILU,
    SOFTPLUS,
    HARD_SIGMOID,
    EXP
  }

  /**
   * A function with its constants.
   *
   * @param alpha negative slope of LEAKY_RELU, alpha of ELU and HARD_SIGMOID, beta of SOFTPLUS
   * @param beta threshold of SOFTPLUS, beta of HARD_SIGMOID
   * @param lanes floats per vector
   */
  record Shape(Function function, float alpha, float beta, int lanes) {}

  /**
   * Computes {@code out[i] = f(in[i])} for n features, and for those behind them up to a whole
   * vector. Offsets are in bytes; both rows may be the same.
   */
  void apply(MemorySegment in, long inOffset, MemorySegment out, long outOffset, int n);
}
