// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

/**
 * A function applied to every feature, or (softmax, log-softmax) across the features of a time
 * step. Formulas and defaults are those of PyTorch's modules of the same names ({@code torch.nn},
 * section "Non-linear Activations").
 */
public sealed interface ActivationFunction {
  /** 1 / (1 + exp(-x)). */
  record Sigmoid() implements ActivationFunction {}

  /** tanh(x). */
  record Tanh() implements ActivationFunction {}

  /** max(0, x). */
  record Relu() implements ActivationFunction {}

  /**
   * x where x &gt; 0, else negativeSlope * x.
   *
   * @param negativeSlope PyTorch's default is 0.01
   */
  record LeakyRelu(float negativeSlope) implements ActivationFunction {}

  /**
   * x where x &gt; 0, else alpha * (exp(x) - 1).
   *
   * @param alpha PyTorch's default is 1
   */
  record Elu(float alpha) implements ActivationFunction {}

  /**
   * x * Phi(x), Phi the normal distribution function.
   *
   * @param tanhApproximation PyTorch's {@code approximate="tanh"}; otherwise exact, by erf
   */
  record Gelu(boolean tanhApproximation) implements ActivationFunction {}

  /** x * sigmoid(x). */
  record Silu() implements ActivationFunction {}

  /**
   * log(1 + exp(beta * x)) / beta, and x where beta * x &gt; threshold.
   *
   * @param beta PyTorch's default is 1
   * @param threshold PyTorch's default is 20
   */
  record Softplus(float beta, float threshold) implements ActivationFunction {}

  /**
   * max(0, min(1, alpha * x + beta)).
   *
   * @param alpha ONNX's default is 0.2, PyTorch's {@code Hardsigmoid} has 1/6
   * @param beta 0.5 in both
   */
  record HardSigmoid(float alpha, float beta) implements ActivationFunction {}

  /** exp(x_i) / sum_j exp(x_j) over the features. */
  record Softmax() implements ActivationFunction {}

  /** x_i - log(sum_j exp(x_j)) over the features. */
  record LogSoftmax() implements ActivationFunction {}

  /** {@return whether the result for a feature depends on that feature alone} */
  default boolean isElementwise() {
    return !(this instanceof Softmax || this instanceof LogSoftmax);
  }
}
