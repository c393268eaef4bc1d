// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;

/** All operators that are known, by their names in ONNX. One for each evaluation. */
final class Operators {
  private final Map<String, Function<Call, List<Value>>> operators;

  Operators(Constants constants, Roles roles, Set<String> states, Set<String> lengths) {
    Movement movement = new Movement(constants, new Parts(roles));
    Recurrence recurrence = new Recurrence(constants, roles, states, lengths);
    Layers layers = new Layers(constants, roles);
    Repetition repetition = new Repetition(constants);
    operators =
        Map.ofEntries(
            Map.entry("LSTM", recurrence::apply),
            Map.entry("GRU", recurrence::apply),
            Map.entry("RNN", recurrence::apply),
            // Axes
            one("Transpose", movement::transpose),
            one("Reshape", movement::reshape),
            one("Flatten", movement::flatten),
            one("Squeeze", movement::squeeze),
            one("Unsqueeze", movement::unsqueeze),
            one("Concat", movement::concat),
            one("Slice", movement::slice),
            one("Gather", call -> gather(call, movement, layers)),
            Map.entry("Split", movement::split),
            one("Identity", Operators::identity),
            one("Dropout", Operators::dropout),
            one("Cast", layers::cast),
            // Sizes
            one("Constant", ShapeArithmetic::constant),
            one("ConstantOfShape", ShapeArithmetic::constantOfShape),
            one("ConstantFill", ShapeArithmetic::constantFill),
            one("Shape", ShapeArithmetic::shape),
            one("Expand", repetition::expand),
            one("Tile", repetition::tile),
            one("Equal", ShapeArithmetic::equal),
            one("Where", ShapeArithmetic::where),
            // Sizes or features
            either("Add", layers::add, ShapeArithmetic::add),
            either("Sub", Formulas::subtract, ShapeArithmetic::subtract),
            either("Mul", layers::multiply, ShapeArithmetic::multiply),
            either("Div", Formulas::divide, ShapeArithmetic::divide),
            one("Pow", Formulas::power),
            one("Erf", Formulas::function),
            one("Sqrt", Formulas::function),
            one("Reciprocal", Formulas::function),
            // Layers
            one("Gemm", layers::gemm),
            one("MatMul", layers::matMul),
            one("Softmax", call -> layers.softmax(call, new ActivationFunction.Softmax())),
            one("LogSoftmax", call -> layers.softmax(call, new ActivationFunction.LogSoftmax())),
            one("LayerNormalization", Norms::layerNormalization),
            one("ReduceMean", layers::mean),
            one("ReduceMax", layers::max),
            one("GlobalAveragePool", layers::globalMean),
            one("GlobalMaxPool", layers::globalMax),
            activation("Sigmoid", layers),
            activation("Tanh", layers),
            activation("Relu", layers),
            activation("LeakyRelu", layers),
            activation("Elu", layers),
            activation("Softplus", layers),
            activation("HardSigmoid", layers),
            activation("Gelu", layers));
  }

  private static Map.Entry<String, Function<Call, List<Value>>> one(
      String name, Function<Call, Value> operator) {
    return Map.entry(name, call -> List.of(operator.apply(call)));
  }

  /** An operator on features, and on the sizes of axes. */
  private static Map.Entry<String, Function<Call, List<Value>>> either(
      String name, Function<Call, Value> onFeatures, Function<Call, Value> onSizes) {
    return one(name, call -> call.computes() ? onFeatures.apply(call) : onSizes.apply(call));
  }

  private static Map.Entry<String, Function<Call, List<Value>>> activation(
      String name, Layers layers) {
    return one(name, call -> layers.elementwise(call, ActivationFunctions.of(call)));
  }

  /** Whether there is anything that the operator can be. */
  boolean know(String operator) {
    return operators.containsKey(operator);
  }

  /**
   * What a node gives.
   *
   * @throws Refusal if no layer is like it
   */
  List<Value> apply(Call call) {
    return operators.get(call.node().operator()).apply(call);
  }

  /** A table looked up by the input, or a place read from something that is followed. */
  private static Value gather(Call call, Movement movement, Layers layers) {
    boolean table =
        call.input(0) instanceof Value.Constant(StoredTensor tensor)
            && tensor.dtype().isFloatingPoint();
    return table && call.input(1) instanceof Value.Stream
        ? layers.embedding(call)
        : movement.gather(call);
  }

  /** What exporters write for a tensor that is equal to another, and has a name of its own. */
  private static Value identity(Call call) {
    return call.input(0) instanceof Value.Constant(StoredTensor tensor)
        ? new Value.Constant(
            new StoredTensor(
                "",
                call.node().outputs().getFirst(),
                tensor.dtype(),
                tensor.shape(),
                tensor.data()))
        : call.input(0);
  }

  /** Nothing, outside of training. */
  private static Value dropout(Call call) {
    boolean training =
        call.input(2) instanceof Value.Constant(StoredTensor flag)
            && Constants.uniform(flag).orElse(0.0) != 0;
    call.require(!training, "training_mode on; export the network in evaluation, model.eval()");
    return call.input(0);
  }
}
