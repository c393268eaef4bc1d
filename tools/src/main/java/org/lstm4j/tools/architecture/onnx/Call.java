// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.onnx.OnnxNode;

/**
 * A node and what its inputs are.
 *
 * @param opset the version of ONNX's operators
 * @param advice how to do without the node, for a sentence
 */
record Call(OnnxNode node, List<Value> inputs, long opset, String advice) {
  Call {
    inputs = List.copyOf(inputs);
  }

  Value input(int index) {
    return index < inputs.size() ? inputs.get(index) : new Value.Absent();
  }

  boolean has(int index) {
    return !(input(index) instanceof Value.Absent);
  }

  /** Whether there is data among the inputs, rather than sizes alone. */
  boolean computes() {
    return inputs.stream()
        .anyMatch(input -> input instanceof Value.Stream || input instanceof Value.Computed);
  }

  /** A tensor that has to be constant. */
  StoredTensor constant(int index, String what) {
    if (input(index) instanceof Value.Constant(StoredTensor tensor)) {
      return tensor;
    }
    throw refusal("%s that are computed, where lstm4j needs constant ones", what);
  }

  /** Whole numbers that are an attribute in older operators and an input in newer ones. */
  Optional<List<Long>> wholes(String attribute, int index) {
    return has(index) ? Optional.of(known(index)) : node.wholes(attribute);
  }

  /** Whole numbers that have to be known. */
  List<Long> known(int index) {
    List<Long> numbers = new ArrayList<>();
    for (Dim dim : sizes(index).dims()) {
      if (!dim.known()) {
        throw refusal("sizes that depend on the length of the sequence");
      }
      numbers.add(dim.value());
    }
    return numbers;
  }

  /** Whole numbers, known or not. */
  Value.Sizes sizes(int index) {
    return sizesIfAny(index)
        .orElseThrow(() -> refusal("sizes that are computed in a way that lstm4j cannot follow"));
  }

  Optional<Value.Sizes> sizesIfAny(int index) {
    return switch (input(index)) {
      case Value.Sizes sizes -> Optional.of(sizes);
      case Value.Constant(StoredTensor tensor) when !tensor.dtype().isFloatingPoint() ->
          Constants.sizes(tensor);
      default -> Optional.empty();
    };
  }

  /** The index of an axis, which may be counted from the end. */
  int axis(long axis, int rank) {
    Refusal.require(
        -rank <= axis && axis < rank,
        "has %s use axis %d of a tensor with %d; the graph is damaged",
        node,
        axis,
        rank);
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** As {@link #refusal}, of what a part of the graph may do without. */
  Refusal refusalOfPart(String with, Object... values) {
    return refusal("%s; %s", with.formatted(values), advice);
  }

  /** A sentence that goes on after the node's name. */
  Refusal refusal(String with, Object... values) {
    return new Refusal("has %s with %s", node, with.formatted(values));
  }

  void require(boolean rule, String with, Object... values) {
    if (!rule) {
      throw refusal(with, values);
    }
  }
}
