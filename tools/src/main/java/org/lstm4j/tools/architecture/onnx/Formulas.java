// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.function.BinaryOperator;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;

/** Operators on every feature by itself, of which several together may be one layer. */
final class Formulas {
  private Formulas() {}

  static Value add(Call call) {
    return combined(call, Formula::plus);
  }

  static Value subtract(Call call) {
    return combined(call, (a, b) -> a.plus(b.times(Formula.of(-1))));
  }

  static Value multiply(Call call) {
    return combined(call, Formula::times);
  }

  static Value divide(Call call) {
    return combined(
        call,
        (a, b) ->
            b.factors().isEmpty()
                ? a.times(Formula.of(1 / b.number()))
                : a.times(b.in("Reciprocal")));
  }

  static Value power(Call call) {
    return combined(
        call,
        (a, b) -> {
          if (!b.factors().isEmpty()) {
            return a.in("Pow " + b);
          }
          return switch (Double.toString(b.number())) {
            case "0.5" -> a.in("Sqrt");
            case "2.0" -> a.times(a);
            case "3.0" -> a.times(a).times(a);
            default -> a.in("Pow " + b);
          };
        });
  }

  /** A function that is no activation by itself, or of what is none yet. */
  static Value function(Call call) {
    return function(call, call.node().operator());
  }

  /** The mean over the features, which every feature then has. */
  static Value mean(Call call) {
    call.require(call.node().whole("keepdims", 1) != 0, "a mean over the features alone");
    return function(call, "Mean");
  }

  private static Value function(Call call, String name) {
    Value.Stream argument = argument(call.input(0));
    call.require(argument != null, "an input that no layer gives");
    return named(call, argument, formula(call.input(0), argument).in(name));
  }

  private static Value combined(Call call, BinaryOperator<Formula> operator) {
    Value.Stream argument = argument(call.input(0));
    Value.Stream other = argument(call.input(1));
    if (argument == null || (other != null && isFurther(argument, other))) {
      argument = other;
    }
    Formula a = argument == null ? null : formula(call.input(0), argument);
    Formula b = argument == null ? null : formula(call.input(1), argument);
    if (a == null || b == null) {
      throw call.refusalOfPart(
          "something other than a bias, a residual connection or a part of a layer of lstm4j's");
    }
    return named(call, argument, operator.apply(a, b));
  }

  /** What the formula of a value is a function of; {@code null} for a number. */
  static Value.Stream argument(Value value) {
    return switch (value) {
      case Value.Computed(Value.Stream argument, Formula _) -> argument;
      case Value.Stream stream -> stream;
      default -> null;
    };
  }

  /** Whether one stream is an activation of another. */
  private static boolean isFurther(Value.Stream stream, Value.Stream than) {
    return stream.chain() instanceof Chain.Link link
        && link.part() instanceof Part.Plain(Layer.Activation _)
        && link.before().equals(than.chain());
  }

  /** The value as a function of a stream; {@code null} if it is none. */
  private static Formula formula(Value value, Value.Stream argument) {
    return switch (value) {
      case Value.Computed(Value.Stream own, Formula formula) when own.equals(argument) -> formula;
      case Value.Stream stream when stream.equals(argument) -> Formula.X;
      case Value.Stream stream
          when isFurther(stream, argument) && stream.axes().equals(argument.axes()) ->
          Formula.X.in(
              ((Layer.Activation) ((Part.Plain) Chain.last(stream.chain())).layer())
                  .function()
                  .getClass()
                  .getSimpleName());
      case Value.Uniform(double number) -> Formula.of(number);
      case Value.Sizes(var dims, boolean _) when dims.size() == 1 && dims.getFirst().known() ->
          Formula.of((double) dims.getFirst().value());
      case Value.Constant(var tensor) when tensor.size() == 1 ->
          Formula.of(Constants.uniform(tensor).orElseThrow());
      default -> null;
    };
  }

  /** A layer as soon as the formula is one. */
  private static Value named(Call call, Value.Stream argument, Formula formula) {
    call.require(formula.isShort(), "a formula too long for an activation");
    Float eps = formula.normalizationEps();
    if (eps != null) {
      return Norms.normalized(call, argument, eps);
    }
    ActivationFunction function = formula.function();
    return function == null
        ? new Value.Computed(argument, formula)
        : Layers.activation(call, argument, function);
  }
}
