// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.assembly;

import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.kernel.CellFunction;
import org.lstm4j.engine.kernel.Derivative;
import org.lstm4j.engine.kernel.Elementwise;
import org.lstm4j.engine.kernel.Elementwise.Function;
import org.lstm4j.engine.kernel.SessionKernels;
import org.lstm4j.engine.kernel.Softmax;

/** What computes activation functions and their derivatives. */
final class Functions {
  private final SessionKernels kernels;

  Functions(SessionKernels kernels) {
    this.kernels = kernels;
  }

  /** The kernel of a function over a row of features. */
  Elementwise kernel(ActivationFunction function) {
    return switch (function) {
      case ActivationFunction.Softmax() -> new Softmax(kernels)::softmax;
      case ActivationFunction.LogSoftmax() -> new Softmax(kernels)::logSoftmax;
      default -> {
        Constants of = constants(function);
        yield kernels.elementwise(of.function, of.alpha, of.beta);
      }
    };
  }

  /** The derivative of a function of one feature. */
  static Derivative derivative(ActivationFunction function) {
    Constants of = constants(function);
    return new Derivative(of.function, of.alpha, of.beta);
  }

  /** Both, for a cell. */
  CellFunction ofCell(ActivationFunction function) {
    return new CellFunction(kernel(function), derivative(function));
  }

  /** The constants are those of {@link Elementwise.Shape}. */
  private record Constants(Function function, float alpha, float beta) {}

  private static Constants constants(ActivationFunction function) {
    return switch (function) {
      case ActivationFunction.Sigmoid() -> new Constants(Function.SIGMOID, 0, 0);
      case ActivationFunction.Tanh() -> new Constants(Function.TANH, 0, 0);
      case ActivationFunction.Relu() -> new Constants(Function.RELU, 0, 0);
      case ActivationFunction.LeakyRelu(float slope) ->
          new Constants(Function.LEAKY_RELU, slope, 0);
      case ActivationFunction.Elu(float alpha) -> new Constants(Function.ELU, alpha, 0);
      case ActivationFunction.Gelu(boolean tanh) ->
          new Constants(tanh ? Function.GELU_TANH : Function.GELU, 0, 0);
      case ActivationFunction.Silu() -> new Constants(Function.SILU, 0, 0);
      case ActivationFunction.Softplus(float beta, float threshold) ->
          new Constants(Function.SOFTPLUS, beta, threshold);
      case ActivationFunction.HardSigmoid(float alpha, float beta) ->
          new Constants(Function.HARD_SIGMOID, alpha, beta);
      case ActivationFunction.Softmax(), ActivationFunction.LogSoftmax() ->
          throw new IllegalArgumentException("not a function of one feature: " + function);
    };
  }
}
