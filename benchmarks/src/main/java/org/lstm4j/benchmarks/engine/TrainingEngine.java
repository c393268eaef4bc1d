// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.List;

/**
 * A model of tokens that is trained as that of "Dive into Deep Learning" is: one-hot tokens, a
 * recurrent cell and a linear layer that predicts the token that follows, whose mean cross-entropy
 * is made small by SGD with gradients clipped by their norm. Used by one thread.
 */
public interface TrainingEngine extends AutoCloseable {
  /** What a gradient is multiplied by before it is taken from its weight. */
  double LEARNING_RATE = 1;

  /** The largest norm of all gradients together. */
  double MAX_NORM = 1;

  /**
   * A whole training step, from the state that the call before left; at first it is zeros. No
   * gradient goes back beyond the first time step.
   *
   * @param tokens [time step, batch]
   * @param following [time step, batch]: what is to be predicted
   * @return the loss before the weights were changed
   */
  double learn(int[] tokens, int[] following);

  /**
   * {@return a copy of the weights as they are now, in PyTorch's order and layout: weight_ih,
   * weight_hh, bias_ih, bias_hh, and weight and bias of the linear layer}
   */
  List<float[]> parameters();

  @Override
  void close();
}
