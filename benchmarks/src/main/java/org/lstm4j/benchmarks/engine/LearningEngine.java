// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

/**
 * An engine whose {@link #run} goes back too. The loss is sum(y * w) with w from {@link
 * LstmWeights#outputGradient}, so that w is the gradient of the output.
 */
public interface LearningEngine extends LstmEngine {
  /**
   * Forward, and backward through the same time steps.
   *
   * @param x [time step, batch, feature]
   * @param y receives [time step, batch, feature]
   */
  @Override
  void run(float[] x, float[] y);

  /** {@return a copy of the gradients of the call of {@link #run} before} */
  Gradients gradients();
}
