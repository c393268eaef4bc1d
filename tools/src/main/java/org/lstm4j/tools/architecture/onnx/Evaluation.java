// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.onnx.OnnxAttribute;
import org.lstm4j.tools.checkpoint.onnx.OnnxInput;
import org.lstm4j.tools.checkpoint.onnx.OnnxModel;
import org.lstm4j.tools.checkpoint.onnx.OnnxNode;

/** Finds out what each tensor of a graph is. Used once. */
final class Evaluation {
  private final OnnxModel model;
  private final Selection selection;
  private final String advice;
  private final Roles roles = new Roles();
  private final Set<String> states = new HashSet<>();
  private final Set<String> lengths = new HashSet<>();
  private final Operators operators;
  private final Map<String, Value> values = new HashMap<>();

  /** The tensors that nodes give which are not imported. */
  private final Set<String> outside = new HashSet<>();

  /** What the imported nodes take from the others, where that is not constant. */
  private final Map<String, Value> inputs = new HashMap<>();

  Evaluation(OnnxModel model, Selection selection) {
    this.model = model;
    this.selection = selection;
    this.advice = Selection.advice(model.nodes());
    List<StoredTensor> tensors = new ArrayList<>(model.constants().values());
    for (OnnxNode node : model.nodes()) {
      node.attributes().keySet().forEach(name -> addTensor(node, name, tensors));
    }
    operators = new Operators(new Constants(tensors), roles, states, lengths);
  }

  private static void addTensor(OnnxNode node, String name, List<StoredTensor> tensors) {
    if (node.attributes().get(name) instanceof OnnxAttribute.Constant(StoredTensor tensor)) {
      tensors.add(tensor);
    }
  }

  /**
   * Evaluates all nodes needed.
   *
   * @throws Refusal if an imported one is like no layer
   */
  void run() {
    requireKnown();
    values.put("", new Value.Absent());
    model.constants().forEach((name, tensor) -> values.put(name, new Value.Constant(tensor)));
    model.inputs().forEach(input -> values.put(input.name(), value(input)));
    for (OnnxNode node : selection.needed()) {
      List<Value> outputs = selection.imported().contains(node) ? imported(node) : ifConstant(node);
      for (int i = 0; i < node.outputs().size(); i++) {
        // An operator may have more outputs than anybody reads, such as the mask of a dropout.
        values.put(
            node.outputs().get(i), i < outputs.size() ? outputs.get(i) : new Value.FinalState());
      }
      values.put("", new Value.Absent());
    }
  }

  Value value(String tensor) {
    return values.get(tensor);
  }

  Roles roles() {
    return roles;
  }

  /** The inputs that turned out to be initial states. */
  Set<String> states() {
    return states;
  }

  /** The inputs that turned out to be lengths of sequences. */
  Set<String> lengths() {
    return lengths;
  }

  private void requireKnown() {
    Set<String> unknown = new TreeSet<>();
    for (OnnxNode node : selection.needed()) {
      if (selection.imported().contains(node) && !operators.know(node.operator())) {
        unknown.add(node.operator());
      }
    }
    Refusal.require(
        unknown.isEmpty(),
        "has parts that lstm4j has no layers for: %s; %s",
        String.join(", ", unknown),
        advice);
  }

  private static Value value(OnnxInput input) {
    if (input.shape().isEmpty()) {
      return new Value.Unknown(new Chain.Source(input.name(), List.of()));
    }
    List<Axis> axes = input.shape().get().stream().map(size -> Axis.of(new Atom(size))).toList();
    return Movement.input(input.name(), axes);
  }

  private List<Value> imported(OnnxNode node) {
    List<Value> taken = new ArrayList<>();
    for (String input : node.inputs()) {
      Value value = values.get(input);
      taken.add(
          outside.contains(input)
              ? inputs.computeIfAbsent(input, _ -> asInput(input, value))
              : value);
    }
    return operators.apply(new Call(node, taken, model.opset(), advice));
  }

  private static Value asInput(String tensor, Value value) {
    return switch (value) {
      case Value.Stream stream ->
          Movement.input(
              tensor, stream.axes().stream().map(axis -> Axis.of(new Atom(axis.size()))).toList());
      case Value.Unknown _, Value.FinalState _, Value.Stack _ ->
          new Value.Unknown(new Chain.Source(tensor, List.of()));
      default -> value;
    };
  }

  /** Outside of a selection only constants matter, and what makes constants. */
  private List<Value> ifConstant(OnnxNode node) {
    outside.addAll(node.outputs());
    outside.remove("");
    List<Value> taken = node.inputs().stream().map(values::get).toList();
    try {
      if (operators.know(node.operator())) {
        return operators.apply(new Call(node, taken, model.opset(), advice));
      }
    } catch (Refusal e) {
      // Falls through: it is like no layer, but it need not be.
    }
    return Collections.nCopies(
        node.outputs().size(), new Value.Unknown(new Chain.Source(node.label(), List.of())));
  }
}
