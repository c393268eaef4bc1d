// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.onnx.OnnxNode;

/** The operators that compute shapes, and the constants that are made from shapes. Stateless. */
final class ShapeArithmetic {
  // More than any tensor has axes; a file could claim far more.
  private static final long MAX_SIZES = 256;

  private ShapeArithmetic() {}

  static Value constant(Call call) {
    OnnxNode node = call.node();
    if (node.has("value")) {
      return new Value.Constant(node.tensor("value").orElseThrow());
    }
    if (node.has("value_int")) {
      return new Value.Sizes(List.of(Dim.of(node.whole("value_int", 0))), true);
    }
    if (node.has("value_ints")) {
      return new Value.Sizes(
          node.wholes("value_ints").orElseThrow().stream().map(Dim::of).toList(), false);
    }
    if (node.has("value_float")) {
      return new Value.Uniform(node.real("value_float", 0));
    }
    throw call.refusal("a constant that is no tensor of numbers");
  }

  static Value shape(Call call) {
    List<Dim> all =
        switch (call.input(0)) {
          case Value.Stream stream -> stream.axes().stream().map(Dim::of).toList();
          case Value.Constant constant -> constant.shape().stream().map(Dim::of).toList();
          case Value.Sizes sizes when !sizes.scalar() -> List.of(Dim.of(sizes.dims().size()));
          default -> throw call.refusal("the shape of what no layer gives it");
        };
    int rank = all.size();
    int from = bound(call.node().whole("start", 0), rank);
    int to = bound(call.node().whole("end", rank), rank);
    return new Value.Sizes(from < to ? all.subList(from, to) : List.of(), false);
  }

  private static int bound(long index, int rank) {
    return Math.clamp(index < 0 ? index + rank : index, 0, rank);
  }

  static Value constantOfShape(Call call) {
    double value =
        call.node()
            .tensor("value")
            .map(tensor ->
                Constants.uniform(tensor)
                    .orElseThrow(() -> call.refusal("a value that is not one number")))
            .orElse(0.0);
    boolean whole =
        call.node().tensor("value").map(tensor -> !tensor.dtype().isFloatingPoint()).orElse(false);
    List<Dim> shape = call.sizesIfAny(0).map(Value.Sizes::dims).orElse(List.of());
    // Exporters make lists of ones, to compare shapes with.
    if (whole && shape.size() == 1 && shape.getFirst().known()) {
      long count = shape.getFirst().value();
      call.require(0 <= count && count <= MAX_SIZES, "a list of %d sizes", count);
      return new Value.Sizes(
          Stream.generate(() -> Dim.of((long) value)).limit(count).toList(), false);
    }
    return new Value.Uniform(value);
  }

  /** What PyTorch exports in place of ConstantOfShape with operators before version 9. */
  static Value constantFill(Call call) {
    return new Value.Uniform(call.node().real("value", 0));
  }

  static Value add(Call call) {
    return combined(
        call,
        (a, b) -> b.known() ? a.plus(b.value()) : a.known() ? b.plus(a.value()) : null,
        Double::sum);
  }

  static Value subtract(Call call) {
    return combined(
        call, (a, b) -> b.known() ? a.plus(Math.negateExact(b.value())) : null, (a, b) -> a - b);
  }

  static Value multiply(Call call) {
    return combined(call, Dim::times, (a, b) -> a * b);
  }

  static Value divide(Call call) {
    return combined(
        call,
        (a, b) ->
            b.is(1)
                ? a
                : a.known() && b.known() && b.value() != 0 ? Dim.of(a.value() / b.value()) : null,
        (a, b) -> a / b);
  }

  /** A size that is not known is at least never negative. */
  static Value equal(Call call) {
    return combined(
        call,
        (a, b) -> {
          if (a.known() && b.known()) {
            return Dim.of(a.value() == b.value() ? 1 : 0);
          }
          Dim known = a.known() ? a : b;
          return known.known() && known.value() < 0 ? Dim.of(0) : null;
        });
  }

  static Value where(Call call) {
    List<Dim> conditions = call.sizes(0).dims();
    List<Dim> chosen = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      Dim condition = conditions.get(i);
      call.require(condition.known(), "a condition that depends on the length of the sequence");
      chosen.add(at(call, condition.is(0) ? 2 : 1, i, conditions.size()));
    }
    return new Value.Sizes(chosen, call.sizes(0).scalar());
  }

  /** Of sizes, or of tensors of equal elements. */
  private static Value combined(
      Call call, BinaryOperator<Dim> operator, DoubleBinaryOperator numbers) {
    Optional<Double> a = number(call.input(0));
    Optional<Double> b = number(call.input(1));
    return a.isPresent() && b.isPresent()
        ? new Value.Uniform(numbers.applyAsDouble(a.get(), b.get()))
        : combined(call, operator);
  }

  private static Optional<Double> number(Value value) {
    return switch (value) {
      case Value.Uniform(double number) -> Optional.of(number);
      case Value.Constant(StoredTensor tensor) when tensor.dtype().isFloatingPoint() ->
          Constants.uniform(tensor);
      default -> Optional.empty();
    };
  }

  private static Value combined(Call call, BinaryOperator<Dim> operator) {
    int count = Math.max(call.sizes(0).dims().size(), call.sizes(1).dims().size());
    List<Dim> results = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        Dim result = operator.apply(at(call, 0, i, count), at(call, 1, i, count));
        call.require(result != null, "sizes that are computed in a way that lstm4j cannot follow");
        results.add(result);
      }
    } catch (ArithmeticException e) {
      throw Refusal.causedBy(e, "has %s with numbers beyond 64 bits", call.node());
    }
    return new Value.Sizes(results, call.sizes(0).scalar() && call.sizes(1).scalar());
  }

  private static Dim at(Call call, int input, int index, int count) {
    List<Dim> dims = call.sizes(input).dims();
    call.require(dims.size() == count || dims.size() == 1, "lists of different lengths");
    return dims.get(dims.size() == 1 ? 0 : index);
  }
}
