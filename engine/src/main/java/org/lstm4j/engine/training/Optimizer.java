// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

/**
 * How weights follow their gradients: the optimizers of PyTorch 1.13, with its formulas, order of
 * operations, limits and defaults (PyTorch documentation, {@code torch.optim}).
 *
 * <p>In the formulas w is a weight, g its gradient, lr the learning rate, and t counts the updates
 * from 1. All arithmetic on weights is float32; what is the same for all weights is computed in
 * double precision and then rounded. Optimizers are values: immutable, and safe for any thread.
 */
public sealed interface Optimizer {
  /** {@return the learning rate before any schedule; 0 or more} */
  double learningRate();

  /**
   * The same with another learning rate.
   *
   * @param value 0 or more
   * @return the optimizer
   * @throws IllegalArgumentException if it is negative or no number
   */
  Optimizer withLearningRate(double value);

  /**
   * Stochastic gradient descent, PyTorch's default but for the learning rate, which has none there.
   *
   * @param learningRate 0 or more
   * @return one without momentum and weight decay
   */
  static Sgd sgd(double learningRate) {
    return new Sgd(learningRate, 0, 0, 0, false);
  }

  /** {@return RMSprop with learning rate 0.01, alpha 0.99 and eps 1e-8} */
  static RmsProp rmsProp() {
    return new RmsProp(1e-2, 0.99, 1e-8, 0, 0, false);
  }

  /** {@return Adam with learning rate 0.001, betas 0.9 and 0.999, eps 1e-8} */
  static Adam adam() {
    return new Adam(1e-3, 0.9, 0.999, 1e-8, 0, false);
  }

  /** {@return Adam's settings with a decoupled weight decay of 0.01} */
  static AdamW adamW() {
    return new AdamW(1e-3, 0.9, 0.999, 1e-8, 1e-2, false);
  }

  /**
   * Stochastic gradient descent ({@code torch.optim.SGD}).
   *
   * <pre>
   *   g = g + weightDecay * w
   *   b = momentum * b + (1 - dampening) * g     (b = g in the first update)
   *   g = nesterov ? g + momentum * b : b        (where there is momentum)
   *   w = w - lr * g
   * </pre>
   *
   * @param learningRate 0 or more
   * @param momentum 0 or more; 0 for none
   * @param dampening of what a gradient adds to the momentum
   * @param weightDecay L2 penalty, 0 or more
   * @param nesterov whether to look ahead; needs momentum and no dampening
   */
  record Sgd(
      double learningRate, double momentum, double dampening, double weightDecay, boolean nesterov)
      implements Optimizer {
    /**
     * Checks PyTorch's limits.
     *
     * @throws IllegalArgumentException if a value is outside of them
     */
    public Sgd {
      Limits.requireNotNegative("the learning rate", learningRate);
      Limits.requireNotNegative("the momentum", momentum);
      Limits.requireFinite("the dampening", dampening);
      Limits.requireNotNegative("the weight decay", weightDecay);
      if (nesterov && (momentum <= 0 || dampening != 0)) {
        throw new IllegalArgumentException("Nesterov momentum needs a momentum and no dampening");
      }
    }

    @Override
    public Sgd withLearningRate(double value) {
      return new Sgd(value, momentum, dampening, weightDecay, nesterov);
    }

    /** {@return the same with another momentum} */
    public Sgd withMomentum(double value) {
      return new Sgd(learningRate, value, dampening, weightDecay, nesterov);
    }

    /** {@return the same with another dampening} */
    public Sgd withDampening(double value) {
      return new Sgd(learningRate, momentum, value, weightDecay, nesterov);
    }

    /** {@return the same with another L2 penalty} */
    public Sgd withWeightDecay(double value) {
      return new Sgd(learningRate, momentum, dampening, value, nesterov);
    }

    /** {@return the same, looking ahead or not} */
    public Sgd withNesterov(boolean value) {
      return new Sgd(learningRate, momentum, dampening, weightDecay, value);
    }
  }

  /**
   * RMSprop ({@code torch.optim.RMSprop}; Hinton 2012, centered by Graves 2013).
   *
   * <pre>
   *   g = g + weightDecay * w
   *   v = alpha * v + (1 - alpha) * g²
   *   a = alpha * a + (1 - alpha) * g            (a = 0 where not centered)
   *   d = sqrt(v - a²) + eps
   *   b = momentum * b + g / d
   *   w = w - lr * b
   * </pre>
   *
   * <p>As in PyTorch, rounding can make v - a² negative when a gradient stays the same for long,
   * and the weight is NaN then.
   *
   * @param learningRate 0 or more
   * @param alpha what is left of an average after an update, 0 or more
   * @param eps 0 or more
   * @param weightDecay L2 penalty, 0 or more
   * @param momentum 0 or more; 0 for none
   * @param centered whether to divide by the standard deviation of gradients
   */
  record RmsProp(
      double learningRate,
      double alpha,
      double eps,
      double weightDecay,
      double momentum,
      boolean centered)
      implements Optimizer {
    /**
     * Checks PyTorch's limits.
     *
     * @throws IllegalArgumentException if a value is outside of them
     */
    public RmsProp {
      Limits.requireNotNegative("the learning rate", learningRate);
      Limits.requireNotNegative("alpha", alpha);
      Limits.requireNotNegative("eps", eps);
      Limits.requireNotNegative("the weight decay", weightDecay);
      Limits.requireNotNegative("the momentum", momentum);
    }

    @Override
    public RmsProp withLearningRate(double value) {
      return new RmsProp(value, alpha, eps, weightDecay, momentum, centered);
    }

    /** {@return the same with another alpha} */
    public RmsProp withAlpha(double value) {
      return new RmsProp(learningRate, value, eps, weightDecay, momentum, centered);
    }

    /** {@return the same with another eps} */
    public RmsProp withEps(double value) {
      return new RmsProp(learningRate, alpha, value, weightDecay, momentum, centered);
    }

    /** {@return the same with another L2 penalty} */
    public RmsProp withWeightDecay(double value) {
      return new RmsProp(learningRate, alpha, eps, value, momentum, centered);
    }

    /** {@return the same with another momentum} */
    public RmsProp withMomentum(double value) {
      return new RmsProp(learningRate, alpha, eps, weightDecay, value, centered);
    }

    /** {@return the same, centered or not} */
    public RmsProp withCentered(boolean value) {
      return new RmsProp(learningRate, alpha, eps, weightDecay, momentum, value);
    }
  }

  /**
   * Adam ({@code torch.optim.Adam}; Kingma and Ba 2015, AMSGrad by Reddi et al. 2018).
   *
   * <pre>
   *   g = g + weightDecay * w
   *   m = beta1 * m + (1 - beta1) * g
   *   v = beta2 * v + (1 - beta2) * g²
   *   u = amsgrad ? max(u, v) : v
   *   w = w - lr / (1 - beta1^t) * m / (sqrt(u) / sqrt(1 - beta2^t) + eps)
   * </pre>
   *
   * @param learningRate 0 or more
   * @param beta1 what is left of the average of gradients after an update, in [0, 1)
   * @param beta2 what is left of the average of their squares, in [0, 1)
   * @param eps 0 or more
   * @param weightDecay L2 penalty, 0 or more
   * @param amsgrad whether to divide by the largest average of squares so far
   */
  record Adam(
      double learningRate,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      boolean amsgrad)
      implements Optimizer {
    /**
     * Checks PyTorch's limits.
     *
     * @throws IllegalArgumentException if a value is outside of them
     */
    public Adam {
      Limits.requireAdam(learningRate, beta1, beta2, eps, weightDecay);
    }

    @Override
    public Adam withLearningRate(double value) {
      return new Adam(value, beta1, beta2, eps, weightDecay, amsgrad);
    }

    /** {@return the same with other betas} */
    public Adam withBetas(double first, double second) {
      return new Adam(learningRate, first, second, eps, weightDecay, amsgrad);
    }

    /** {@return the same with another eps} */
    public Adam withEps(double value) {
      return new Adam(learningRate, beta1, beta2, value, weightDecay, amsgrad);
    }

    /** {@return the same with another L2 penalty} */
    public Adam withWeightDecay(double value) {
      return new Adam(learningRate, beta1, beta2, eps, value, amsgrad);
    }

    /** {@return the same, AMSGrad or not} */
    public Adam withAmsgrad(boolean value) {
      return new Adam(learningRate, beta1, beta2, eps, weightDecay, value);
    }
  }

  /**
   * Adam with decoupled weight decay ({@code torch.optim.AdamW}; Loshchilov and Hutter 2019): each
   * update begins with w = w * (1 - lr * weightDecay), and the rest is {@link Adam} without L2
   * penalty.
   *
   * @param learningRate 0 or more
   * @param beta1 what is left of the average of gradients after an update, in [0, 1)
   * @param beta2 what is left of the average of their squares, in [0, 1)
   * @param eps 0 or more
   * @param weightDecay 0 or more
   * @param amsgrad whether to divide by the largest average of squares so far
   */
  record AdamW(
      double learningRate,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      boolean amsgrad)
      implements Optimizer {
    /**
     * Checks PyTorch's limits.
     *
     * @throws IllegalArgumentException if a value is outside of them
     */
    public AdamW {
      Limits.requireAdam(learningRate, beta1, beta2, eps, weightDecay);
    }

    @Override
    public AdamW withLearningRate(double value) {
      return new AdamW(value, beta1, beta2, eps, weightDecay, amsgrad);
    }

    /** {@return the same with other betas} */
    public AdamW withBetas(double first, double second) {
      return new AdamW(learningRate, first, second, eps, weightDecay, amsgrad);
    }

    /** {@return the same with another eps} */
    public AdamW withEps(double value) {
      return new AdamW(learningRate, beta1, beta2, value, weightDecay, amsgrad);
    }

    /** {@return the same with another weight decay} */
    public AdamW withWeightDecay(double value) {
      return new AdamW(learningRate, beta1, beta2, eps, value, amsgrad);
    }

    /** {@return the same, AMSGrad or not} */
    public AdamW withAmsgrad(boolean value) {
      return new AdamW(learningRate, beta1, beta2, eps, weightDecay, value);
    }
  }
}
