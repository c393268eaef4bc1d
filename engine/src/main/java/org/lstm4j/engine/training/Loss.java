// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import java.util.List;
import java.util.Objects;

/**
 * What a network learns to make small: the losses of PyTorch 1.13 with its formulas (PyTorch
 * documentation, {@code torch.nn}). In the formulas x is an output of the network, y its target.
 *
 * <p>What lies beyond the length of a sequence counts for nothing, neither in the sum nor in what a
 * mean divides by. A mean of nothing is NaN. Losses are values: immutable, and safe for any thread.
 */
public sealed interface Loss {
  /** What becomes of the losses of all elements. */
  enum Reduction {
    /** Their mean, over all elements that count. */
    MEAN,
    /** Their sum. */
    SUM
  }

  /** {@return what becomes of the losses of all elements} */
  Reduction reduction();

  /**
   * {@return whether targets are classes, [time step, batch], rather than numbers in the shape of
   * the output}
   */
  default boolean takesClasses() {
    return false;
  }

  /** {@return the mean of (x - y)²} */
  static MeanSquaredError meanSquaredError() {
    return new MeanSquaredError(Reduction.MEAN);
  }

  /** {@return the mean of |x - y|} */
  static MeanAbsoluteError meanAbsoluteError() {
    return new MeanAbsoluteError(Reduction.MEAN);
  }

  /** {@return the mean cross-entropy, class {@value CrossEntropy#IGNORE_INDEX} ignored} */
  static CrossEntropy crossEntropy() {
    return new CrossEntropy(CrossEntropy.IGNORE_INDEX, Reduction.MEAN);
  }

  /** {@return the mean binary cross-entropy} */
  static BinaryCrossEntropyWithLogits binaryCrossEntropyWithLogits() {
    return new BinaryCrossEntropyWithLogits(List.of(), Reduction.MEAN);
  }

  /**
   * (x - y)² ({@code MSELoss}).
   *
   * @param reduction of all elements
   */
  record MeanSquaredError(Reduction reduction) implements Loss {
    /** Checks that there is a reduction. */
    public MeanSquaredError {
      Objects.requireNonNull(reduction, "reduction");
    }
  }

  /**
   * |x - y| ({@code L1Loss}).
   *
   * @param reduction of all elements
   */
  record MeanAbsoluteError(Reduction reduction) implements Loss {
    /** Checks that there is a reduction. */
    public MeanAbsoluteError {
      Objects.requireNonNull(reduction, "reduction");
    }
  }

  /**
   * (x - y)² / 2 where |x - y| is at most delta, else delta * (|x - y| - delta / 2) ({@code
   * HuberLoss}; Huber 1964).
   *
   * @param delta more than 0; PyTorch's default is 1
   * @param reduction of all elements
   */
  record Huber(double delta, Reduction reduction) implements Loss {
    /**
     * Checks the setting.
     *
     * @throws IllegalArgumentException if delta is not more than 0
     */
    public Huber {
      Limits.requirePositive("delta", delta);
      Objects.requireNonNull(reduction, "reduction");
    }
  }

  /**
   * (x - y)² / (2 beta) where |x - y| is less than beta, else |x - y| - beta / 2 ({@code
   * SmoothL1Loss}; Girshick 2015). With a beta of 0, the gradient at x = y is -1, as PyTorch's.
   *
   * @param beta 0 or more; PyTorch's default is 1
   * @param reduction of all elements
   */
  record SmoothL1(double beta, Reduction reduction) implements Loss {
    /**
     * Checks the setting.
     *
     * @throws IllegalArgumentException if beta is negative
     */
    public SmoothL1 {
      Limits.requireNotNegative("beta", beta);
      Objects.requireNonNull(reduction, "reduction");
    }
  }

  /**
   * log(sum_j exp(x_j)) - x_c, where x are the outputs of one time step, taken as logits, and c is
   * the target's class ({@code CrossEntropyLoss}).
   *
   * @param ignoreIndex a target of this class counts for nothing; need not be a class
   * @param reduction of all targets
   */
  record CrossEntropy(int ignoreIndex, Reduction reduction) implements Loss {
    /** PyTorch's default for what is ignored. */
    public static final int IGNORE_INDEX = -100;

    /** Checks that there is a reduction. */
    public CrossEntropy {
      Objects.requireNonNull(reduction, "reduction");
    }

    @Override
    public boolean takesClasses() {
      return true;
    }
  }

  /**
   * -(p * y * log(s) + (1 - y) * log(1 - s)), where s is the sigmoid of x, and p the weight of
   * positive targets ({@code BCEWithLogitsLoss}).
   *
   * @param posWeight p: empty for 1, one for all features, or one for each feature
   * @param reduction of all elements
   */
  record BinaryCrossEntropyWithLogits(List<Float> posWeight, Reduction reduction) implements Loss {
    /**
     * Copies the weights.
     *
     * @throws IllegalArgumentException if a weight is no finite number or negative
     */
    public BinaryCrossEntropyWithLogits {
      posWeight = List.copyOf(posWeight);
      posWeight.forEach(weight -> Limits.requireNotNegative("a positive weight", weight));
      Objects.requireNonNull(reduction, "reduction");
    }
  }
}
