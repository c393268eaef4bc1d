// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

/** How large gradients are made smaller before an update. Immutable, and safe for any thread. */
public sealed interface Clipping {
  /** {@return gradients stay as they are} */
  static Clipping none() {
    return new None();
  }

  /**
   * By their norm.
   *
   * @param maxNorm more than 0
   * @return the clipping
   */
  static Clipping byNorm(double maxNorm) {
    return new ByNorm(maxNorm);
  }

  /**
   * One by one.
   *
   * @param clipValue more than 0
   * @return the clipping
   */
  static Clipping byValue(double clipValue) {
    return new ByValue(clipValue);
  }

  /** Gradients stay as they are. */
  record None() implements Clipping {}

  /**
   * All gradients of parameters that learn are multiplied by min(1, maxNorm / (norm + 1e-6)), where
   * norm is the root of the sum of all their squares ({@code torch.nn.utils.clip_grad_norm_};
   * Pascanu et al. 2013). Where the norm is not finite, they stay as they are.
   *
   * @param maxNorm more than 0
   */
  record ByNorm(double maxNorm) implements Clipping {
    /**
     * Checks the limit.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public ByNorm {
      Limits.requirePositive("the largest norm of gradients", maxNorm);
    }
  }

  /**
   * Each gradient is limited to [-clipValue, clipValue] ({@code torch.nn.utils.clip_grad_value_}).
   *
   * @param clipValue more than 0
   */
  record ByValue(double clipValue) implements Clipping {
    /**
     * Checks the limit.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public ByValue {
      Limits.requirePositive("the largest gradient", clipValue);
    }
  }
}
