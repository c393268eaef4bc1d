// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The second half of a step of a plain recurrent layer: h' = f(p) with {@code p = (bias + W_ih x) +
 * W_hh h}, and f one of tanh, sigmoid and relu; tanh p = 2 halfTanh(p/2) and sigmoid p =
 * halfTanh(p/4) + 1/2, by {@link ScalarMath#halfTanh}.
 *
 * <p>{@link VectorRnnGates} and {@link ScalarRnnGates} are twins: equal to the bit.
 */
public interface RnnGates extends CellUpdate {
  /** There is one. */
  int GATES = 1;

  /** The functions that have a kernel. */
  enum Function {
    TANH,
    SIGMOID,
    RELU
  }

  /**
   * A function over rows of a layout.
   *
   * @param rows the layout; its inputs do not matter
   */
  record Shape(Function function, PackedGates rows) {}
}
