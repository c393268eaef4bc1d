// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

/**
 * The way back through one stage. Used by one thread at a time; allocates nothing in {@link
 * #backward}.
 */
public sealed interface GradientStage
    permits LinearGradient,
        RecurrentGradient,
        ResidualGradient,
        DroppedGradient,
        ReverseGradient,
        RowGradient,
        ReadoutGradient {
  /**
   * Goes back through the chunk that the stage ran last.
   *
   * @param steps time steps of the stage's input
   * @param batch batch rows of each time step
   */
  void backward(int steps, int batch);

  /** Takes over the weights in {@link ParameterMemory}, if it has a copy. */
  default void refresh() {}

  /** Writes the gradients of the weights, summed up since {@link #clear}, to ParameterMemory. */
  default void collect() {}

  /** Starts the sums of the gradients of weights at zero. */
  default void clear() {}
}
