// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lstm4j.engine.ActivationFunction;

/** Reads an activation function by PyTorch's name, with its numbers after colons. */
final class ActivationSyntax {
  private static final String NAMES =
      "sigmoid, tanh, relu, leaky_relu[:SLOPE], elu[:ALPHA], gelu, gelu_tanh, silu,"
          + " softplus[:BETA:THRESHOLD], softmax, log_softmax or none";

  private final String text;
  private final String name;
  private final List<String> arguments;

  private ActivationSyntax(String text) {
    List<String> parts = Arrays.stream(text.split(":", -1)).map(String::strip).toList();
    this.text = text;
    this.name = parts.getFirst().toLowerCase(Locale.ROOT);
    this.arguments = parts.subList(1, parts.size());
  }

  /** The function; empty for {@code none}. */
  static Optional<ActivationFunction> parse(String text) {
    ActivationSyntax syntax = new ActivationSyntax(text);
    if (syntax.name.equals("none") && syntax.arguments.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(syntax.function());
  }

  private ActivationFunction function() {
    return switch (name) {
      case "sigmoid" -> plain(new ActivationFunction.Sigmoid());
      case "tanh" -> plain(new ActivationFunction.Tanh());
      case "relu" -> plain(new ActivationFunction.Relu());
      case "leaky_relu" -> new ActivationFunction.LeakyRelu(onlyNumber(0.01f));
      case "elu" -> new ActivationFunction.Elu(onlyNumber(1));
      case "gelu" -> plain(new ActivationFunction.Gelu(false));
      case "gelu_tanh" -> plain(new ActivationFunction.Gelu(true));
      case "silu" -> plain(new ActivationFunction.Silu());
      case "softplus" -> softplus();
      case "softmax" -> plain(new ActivationFunction.Softmax());
      case "log_softmax" -> plain(new ActivationFunction.LogSoftmax());
      default -> throw unreadable();
    };
  }

  private ActivationFunction plain(ActivationFunction function) {
    requireArguments(0);
    return function;
  }

  private float onlyNumber(float defaultValue) {
    requireArguments(1);
    return number(0, defaultValue);
  }

  private ActivationFunction softplus() {
    requireArguments(2);
    float beta = number(0, 1);
    if (beta <= 0) {
      throw new IllegalArgumentException("softplus needs a beta > 0, not " + beta);
    }
    return new ActivationFunction.Softplus(beta, number(1, 20));
  }

  private void requireArguments(int most) {
    if (arguments.size() > most) {
      throw unreadable();
    }
  }

  private float number(int index, float defaultValue) {
    return index < arguments.size()
        ? OptionSyntax.number("--activation " + name, arguments.get(index))
        : defaultValue;
  }

  private IllegalArgumentException unreadable() {
    return new IllegalArgumentException(
        "--activation takes LAYER=NAME with NAME %s, not '%s'".formatted(NAMES, text));
  }
}
