// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.Locale;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.tools.checkpoint.onnx.OnnxNode;

/** Activation functions by ONNX's names and with ONNX's defaults. */
final class ActivationFunctions {
  /** Where PyTorch's softplus goes on as x; log(1 + exp(x)) is x there in float32. */
  private static final float SOFTPLUS_THRESHOLD = 20;

  private static final float LEAKY_RELU_ALPHA = 0.01f;
  private static final float HARD_SIGMOID_ALPHA = 0.2f;
  private static final float HARD_SIGMOID_BETA = 0.5f;

  private ActivationFunctions() {}

  /** The function that an operator of its own applies. */
  static ActivationFunction of(Call call) {
    OnnxNode node = call.node();
    return switch (node.operator()) {
      case "Sigmoid" -> new ActivationFunction.Sigmoid();
      case "Tanh" -> new ActivationFunction.Tanh();
      case "Relu" -> new ActivationFunction.Relu();
      case "LeakyRelu" -> new ActivationFunction.LeakyRelu(node.real("alpha", LEAKY_RELU_ALPHA));
      case "Elu" -> new ActivationFunction.Elu(node.real("alpha", 1));
      case "Softplus" -> new ActivationFunction.Softplus(1, SOFTPLUS_THRESHOLD);
      case "HardSigmoid" ->
          new ActivationFunction.HardSigmoid(
              node.real("alpha", HARD_SIGMOID_ALPHA), node.real("beta", HARD_SIGMOID_BETA));
      default -> new ActivationFunction.Gelu(node.text("approximate", "none").equals("tanh"));
    };
  }

  /**
   * A function inside of a recurrent operator, whose names are read in either case of letters.
   *
   * @param index of the function among all of the operator
   * @param alphas the operator's activation_alpha
   * @param betas the operator's activation_beta
   */
  static ActivationFunction of(
      Call call, String name, int index, CellReader.Numbers alphas, CellReader.Numbers betas) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "sigmoid" -> new ActivationFunction.Sigmoid();
      case "tanh" -> new ActivationFunction.Tanh();
      case "relu" -> new ActivationFunction.Relu();
      case "leakyrelu" -> new ActivationFunction.LeakyRelu(alphas.of(index, LEAKY_RELU_ALPHA));
      case "elu" -> new ActivationFunction.Elu(alphas.of(index, 1));
      case "softplus" -> new ActivationFunction.Softplus(1, SOFTPLUS_THRESHOLD);
      case "hardsigmoid" ->
          new ActivationFunction.HardSigmoid(
              alphas.of(index, HARD_SIGMOID_ALPHA), betas.of(index, HARD_SIGMOID_BETA));
      default ->
          throw call.refusal("the activation %s, which lstm4j has not in recurrent layers", name);
    };
  }
}
