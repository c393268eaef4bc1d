// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** Activation functions in double precision, from the formulas in {@link ActivationFunction}. */
final class ReferenceActivation {
  private ReferenceActivation() {}

  /** The function over one row of features; each result rounded by {@code precision}. */
  static double[] apply(ActivationFunction function, double[] x, DoubleUnaryOperator precision) {
    double[] y =
        switch (function) {
          case ActivationFunction.Softmax _ -> softmax(x);
          case ActivationFunction.LogSoftmax _ ->
              Arrays.stream(softmax(x)).map(Math::log).toArray();
          default -> Arrays.stream(x).map(value -> apply(function, value)).toArray();
        };
    return Arrays.stream(y).map(precision).toArray();
  }

  private static double apply(ActivationFunction function, double x) {
    return switch (function) {
      case ActivationFunction.Sigmoid() -> sigmoid(x);
      case ActivationFunction.Tanh() -> Math.tanh(x);
      case ActivationFunction.Relu() -> Math.max(0, x);
      case ActivationFunction.LeakyRelu(float slope) -> x > 0 ? x : slope * x;
      case ActivationFunction.Elu(float alpha) -> x > 0 ? x : alpha * Math.expm1(x);
      case ActivationFunction.Gelu(boolean tanh) -> x * (tanh ? tanhForm(x) : normal(x));
      case ActivationFunction.Silu() -> x * sigmoid(x);
      case ActivationFunction.Softplus(float beta, float threshold) ->
          beta * x > threshold ? x : Math.log1p(Math.exp(beta * x)) / beta;
      case ActivationFunction.HardSigmoid(float alpha, float beta) ->
          Math.clamp(alpha * x + beta, 0.0, 1.0);
      case ActivationFunction.Softmax(), ActivationFunction.LogSoftmax() ->
          throw new AssertionError(function);
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double tanhForm(double x) {
    return (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
  }

  /**
   * The normal distribution function for |x| up to about 25, where its series no longer ends: 1/2 +
   * phi(x) * (x + x^3/3 + x^5/(3*5) + ...) (Marsaglia 2004).
   */
  private static double normal(double x) {
    double sum = x;
    double term = x;
    for (int n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
      term *= x * x / n;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  private static double[] softmax(double[] x) {
    double max = Arrays.stream(x).max().orElseThrow();
    double[] exponentials = Arrays.stream(x).map(value -> Math.exp(value - max)).toArray();
    double sum = Arrays.stream(exponentials).sum();
    return Arrays.stream(exponentials).map(value -> value / sum).toArray();
  }
}
