// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.tools.SavedModule;

/** What a module that was saved as an object does, by its class and attributes. */
sealed interface ModuleRole {
  /** It has weights that make a layer. */
  record Weights() implements ModuleRole {}

  /** It is a layer norm, with or without weights. */
  record Norm() implements ModuleRole {}

  /**
   * It applies a function.
   *
   * @param function empty if the file does not say which, or no layer has it
   */
  record Function(Optional<ActivationFunction> function) implements ModuleRole {}

  /** It hands on what it is given, at least outside training. */
  record Nothing() implements ModuleRole {}

  /** It has modules. */
  record Container() implements ModuleRole {}

  /** It does what no layer does. */
  record Unknown() implements ModuleRole {}

  /** Where PyTorch's own layers are. */
  String LIBRARY = "torch.nn.modules.";

  String LAYER_NORM = LIBRARY + "normalization.LayerNorm";

  Set<String> WEIGHTS =
      Set.of(
          "rnn.LSTM",
          "rnn.GRU",
          "rnn.RNN",
          "rnn.LSTMCell",
          "rnn.GRUCell",
          "rnn.RNNCell",
          "linear.Linear",
          "linear.NonDynamicallyQuantizableLinear",
          "sparse.Embedding");

  Set<String> NOTHING = Set.of("linear.Identity", "flatten.Flatten");

  /**
   * The role of a module.
   *
   * @param hasWeights whether tensors of its own make a layer
   * @param readsOverTime whether the network reads something over time, so that the last of its
   *     features are at dimension 1
   */
  static ModuleRole of(SavedModule module, boolean hasWeights, boolean readsOverTime) {
    if (!module.type().startsWith(LIBRARY)) {
      return ofOther(module, hasWeights);
    }
    String type = module.type().substring(LIBRARY.length());
    if (WEIGHTS.contains(type)) {
      return new Weights();
    }
    if (NOTHING.contains(type) || type.startsWith("dropout.") || type.startsWith("loss.")) {
      return new Nothing();
    }
    if (type.startsWith("container.")) {
      return new Container();
    }
    if (module.type().equals(LAYER_NORM)) {
      return module.attributes().get("normalized_shape") instanceof List<?> shape
              && shape.size() != 1
          ? new Unknown()
          : new Norm();
    }
    boolean isFunction = type.startsWith("activation.") && !type.endsWith("Attention");
    return isFunction
        ? new Function(
            function(type.substring("activation.".length()), module.attributes(), readsOverTime))
        : new Unknown();
  }

  /** A class that is not PyTorch's: what it computes is known from its parts alone. */
  private static ModuleRole ofOther(SavedModule module, boolean hasWeights) {
    if (hasWeights) {
      return new Weights();
    }
    return module.children().isEmpty() && !module.path().isEmpty()
        ? new Unknown()
        : new Container();
  }

  /** The function of a class of torch.nn.modules.activation, if there is one like it. */
  private static Optional<ActivationFunction> function(
      String type, Map<String, Object> attributes, boolean readsOverTime) {
    return switch (type) {
      case "Sigmoid" -> Optional.of(new ActivationFunction.Sigmoid());
      case "Tanh" -> Optional.of(new ActivationFunction.Tanh());
      case "ReLU" -> Optional.of(new ActivationFunction.Relu());
      case "SiLU" -> Optional.of(new ActivationFunction.Silu());
      case "Hardsigmoid" -> Optional.of(new ActivationFunction.HardSigmoid(1 / 6f, 0.5f));
      case "LeakyReLU" ->
          number(attributes, "negative_slope").map(ActivationFunction.LeakyRelu::new);
      case "ELU" -> number(attributes, "alpha").map(ActivationFunction.Elu::new);
      // Modules that were saved before there was a choice do not name it.
      case "GELU" ->
          Optional.of(new ActivationFunction.Gelu("tanh".equals(attributes.get("approximate"))));
      case "Softplus" ->
          number(attributes, "beta")
              .flatMap(beta ->
                  number(attributes, "threshold")
                      .map(threshold -> new ActivationFunction.Softplus(beta, threshold)));
      case "Softmax" ->
          isOverFeatures(attributes, readsOverTime)
              ? Optional.of(new ActivationFunction.Softmax())
              : Optional.empty();
      case "LogSoftmax" ->
          isOverFeatures(attributes, readsOverTime)
              ? Optional.of(new ActivationFunction.LogSoftmax())
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Float> number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Number number
        ? Optional.of(number.floatValue())
        : Optional.empty();
  }

  /** Outputs are [batch, feature] where something is read over time; else they have three axes. */
  private static boolean isOverFeatures(Map<String, Object> attributes, boolean readsOverTime) {
    return attributes.get("dim") instanceof Long dim
        && List.of(-1L, readsOverTime ? 1L : 2L).contains(dim);
  }
}
