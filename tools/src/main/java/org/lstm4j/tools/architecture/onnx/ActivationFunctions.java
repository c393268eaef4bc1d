// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.onnx.OnnxNode;

/** Activation functions by ONNX's names and with ONNX's defaults. */
final class ActivationFunctions {
  /** Where PyTorch's softplus goes on as x; log(1 + exp(x)) is x there in float32. */
  private static final float SOFTPLUS_THRESHOLD = 20;

  private ActivationFunctions() {}

  /**
   * The function that an operator of its own applies.
   *
   * @throws Refusal if it is one that lstm4j has not
   */
  static ActivationFunction of(OnnxNode node) {
    return switch (node.operator()) {
      case "Sigmoid" -> new ActivationFunction.Sigmoid();
      case "Tanh" -> new ActivationFunction.Tanh();
      case "Relu" -> new ActivationFunction.Relu();
      case "LeakyRelu" -> new ActivationFunction.LeakyRelu(node.real("alpha", 0.01f));
      case "Elu" -> new ActivationFunction.Elu(node.real("alpha", 1));
      case "Softplus" -> new ActivationFunction.Softplus(1, SOFTPLUS_THRESHOLD);
      case "Gelu" ->
          new ActivationFunction.Gelu(node.text("approximate", "none").equals("tanh"));
      default -> throw new Refusal("has %s, an activation that lstm4j has not", node);
    };
  }
}
