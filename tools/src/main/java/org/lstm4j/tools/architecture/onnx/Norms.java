// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import org.lstm4j.tools.StoredTensor;

/**
 * Layer normalisation: the operator LayerNormalization (since opset 17), and what exporters write
 * for older ones, whose formula {@link Formula} recognises and whose weight and bias follow it.
 */
final class Norms {
  // ONNX's default, which is PyTorch's too.
  private static final float EPS = 1e-5f;

  private Norms() {}

  /** The operator of its own. */
  static Value layerNormalization(Call call) {
    Value.Stream stream = Value.stream(call.input(0), call.node().toString());
    int rank = stream.axes().size();
    call.require(
        call.axis(call.node().whole("axis", -1), rank) == rank - 1,
        "a normalisation over other axes than the features, which is not supported");
    Value.Stream weighted =
        weighted(call, normalized(call, stream, call.node().real("epsilon", EPS)), 1);
    return call.has(2) ? biased(call, weighted, 2) : weighted;
  }

  /** The normalisation of a stream, without weight and bias. */
  static Value.Stream normalized(Call call, Value.Stream argument, float eps) {
    call.require(0 <= eps && eps <= Float.MAX_VALUE, "an epsilon of %s", eps);
    if (!argument.isInput()) {
      LayerInput.requireFeaturesLast(call, argument);
    }
    return LayerInput.followed(
        call, argument, size -> new Part.Norm(Names.of(call.node()), size, eps, null, null));
  }

  /** Whether an operator of its own multiplies a normalisation by its weight. */
  static boolean isWeight(Value value, Value factor) {
    return value instanceof Value.Stream stream
        && Chain.last(stream.chain()) instanceof Part.Norm norm
        && norm.weight() == null
        && isVector(factor, norm.size());
  }

  /** Whether an operator of its own adds the bias of a normalisation. */
  static boolean isBias(Value value, Value summand) {
    return value instanceof Value.Stream stream
        && Chain.last(stream.chain()) instanceof Part.Norm norm
        && norm.weight() != null
        && norm.bias() == null
        && isVector(summand, norm.size());
  }

  private static boolean isVector(Value value, int size) {
    return value instanceof Value.Constant(StoredTensor tensor)
        && tensor.dtype().isFloatingPoint()
        && tensor.size() == size
        && (size == 1 || tensor.shape()[tensor.shape().length - 1] == size);
  }

  /** With the weight that an input is. */
  static Value.Stream weighted(Call call, Value.Stream stream, int index) {
    LayerInput.requireFeaturesLast(call, stream);
    StoredTensor weight = vector(call, index, norm(stream).size());
    return with(stream, Names.of(call.node(), weight), weight, null);
  }

  /** With the bias that an input is. */
  static Value.Stream biased(Call call, Value.Stream stream, int index) {
    LayerInput.requireFeaturesLast(call, stream);
    Part.Norm norm = norm(stream);
    return with(stream, norm.name(), norm.weight(), vector(call, index, norm.size()));
  }

  private static Part.Norm norm(Value.Stream stream) {
    return (Part.Norm) Chain.last(stream.chain());
  }

  private static Value.Stream with(
      Value.Stream stream, String name, StoredTensor weight, StoredTensor bias) {
    Part.Norm norm = norm(stream);
    String known = name.isEmpty() ? norm.name() : name;
    return stream.replacingLast(new Part.Norm(known, norm.size(), norm.eps(), weight, bias));
  }

  private static StoredTensor vector(Call call, int index, int size) {
    StoredTensor tensor = Constants.requireFloating(call.constant(index, "weights"), call.node());
    call.require(isVector(call.input(index), size), "weights %s for %d features", tensor, size);
    return Constants.reshaped(tensor, size);
  }
}
