// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * One step of an optimizer, weight by weight. {@link VectorParameterUpdate} and {@link
 * ScalarParameterUpdate} are twins: equal to the bit.
 *
 * <p>The formulas, and the order of operations, are those of PyTorch 1.13 ({@code torch.optim},
 * functions {@code _single_tensor_sgd}, {@code _single_tensor_rmsprop} and {@code
 * _single_tensor_adam}). Averages of gradients that fall below 2^-126 become zero.
 */
public interface ParameterUpdate {
  /** Whose step it is; formulas in {@link ScalarParameterUpdate}. */
  enum Rule {
    /** The first buffer is the momentum. */
    SGD,
    /** The buffers are the average of squares, the momentum, and the average of gradients. */
    RMS_PROP,
    /** The buffers are the averages of gradients and of squares, and the largest of the latter. */
    ADAM
  }

  /**
   * What a kernel is made for.
   *
   * @param weightDecay whether the decay of weights is added to the gradient
   * @param momentum whether there is momentum; of no meaning to ADAM
   * @param nesterov whether SGD looks ahead
   * @param centered whether RMS_PROP divides by the standard deviation
   * @param amsgrad whether ADAM divides by the largest average of squares so far
   * @param lanes floats per vector
   */
  record Shape(
      Rule rule,
      boolean weightDecay,
      boolean momentum,
      boolean nesterov,
      boolean centered,
      boolean amsgrad,
      int lanes) {}

  /** The learning rate, negative; divided by the correction of the first average for ADAM. */
  int RATE = 0;

  /** What of a weight is added to its gradient. */
  int WEIGHT_DECAY = 1;

  /** What ADAM leaves of a weight. */
  int KEEP = 2;

  /** What is left of the average of gradients, which is the momentum of SGD. */
  int DECAY = 3;

  /** What of a gradient is added to it. */
  int SHARE = 4;

  /** What is left of the average of squares. */
  int SQUARE_DECAY = 5;

  /** What of a square is added to it. */
  int SQUARE_SHARE = 6;

  /** Added to a root before it divides. */
  int EPS = 7;

  /** The root of the correction of ADAM's average of squares. */
  int ROOT = 8;

  /** The momentum. */
  int MOMENTUM = 9;

  /** How many coefficients there are. */
  int COEFFICIENTS = 10;

  /**
   * Changes values and buffers from a float on to before another, and nothing else. All segments
   * are laid out alike; for a buffer that a rule does not have, any one will do.
   *
   * @param coefficients at the indices above
   * @param from the first float
   * @param end behind the last one
   */
  void apply(
      MemorySegment values,
      MemorySegment gradients,
      MemorySegment first,
      MemorySegment second,
      MemorySegment third,
      float[] coefficients,
      long from,
      long end);
}
