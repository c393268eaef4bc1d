// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.StoredTensor;

/** The operators that compute something and are not recurrent. One for each evaluation. */
final class Layers {
  private final Constants constants;
  private final Roles roles;

  Layers(Constants constants, Roles roles) {
    this.constants = constants;
    this.roles = roles;
  }

  /** What a layer before it and a part after that give. */
  private static Value.Stream after(
      Value.Stream stream, Part part, List<Axis> axes, Atom features) {
    return Value.Stream.whole(new Chain.Link(stream.chain(), part), axes, List.of(features));
  }

  // Matrices

  Value matMul(Call call) {
    StoredTensor matrix = matrix(call, call.constant(1, "matrices"));
    return dense(call, constants.transposed(matrix, List.of(1, 0)), null);
  }

  Value gemm(Call call) {
    call.require(call.node().whole("transA", 0) == 0, "its input transposed");
    StoredTensor given = matrix(call, call.constant(1, "matrices"));
    boolean transposed = call.node().whole("transB", 0) != 0;
    StoredTensor weight = transposed ? given : constants.transposed(given, List.of(1, 0));
    StoredTensor bias =
        call.has(2) ? bias(call, call.constant(2, "biases"), weight.shape()[0]) : null;
    return dense(
        call,
        scaled(weight, call.node().real("alpha", 1)),
        bias == null ? null : scaled(bias, call.node().real("beta", 1)));
  }

  private static StoredTensor matrix(Call call, StoredTensor matrix) {
    long[] shape = Constants.requireFloating(matrix, call.node()).shape();
    call.require(
        shape.length == 2 && matrix.size() > 0 && Math.max(shape[0], shape[1]) < Integer.MAX_VALUE,
        "a matrix %s, which no layer can have",
        matrix);
    return matrix;
  }

  /** A vector over the outputs, however many axes of size 1 it has. */
  private StoredTensor bias(Call call, StoredTensor bias, long size) {
    Constants.requireFloating(bias, call.node());
    if (bias.size() == 1) {
      return constants.strided(bias, 0, new long[] {size}, new long[] {0});
    }
    long[] shape = bias.shape();
    call.require(
        bias.size() == size && shape[shape.length - 1] == size,
        "a bias %s for %d features",
        bias,
        size);
    return Constants.reshaped(bias, size);
  }

  private StoredTensor scaled(StoredTensor tensor, float factor) {
    return factor == 1 ? tensor : constants.scaled(tensor, factor);
  }

  private Value dense(Call call, StoredTensor weight, StoredTensor bias) {
    int inputs = Math.toIntExact(weight.shape()[1]);
    int rank = call.node().operator().equals("Gemm") ? 2 : 3;
    Value.Stream x =
        call.input(0) instanceof Value.Unknown(Chain.Source source)
            ? Movement.withRank(source, rank)
            : stream(call);
    x = LayerInput.of(call, x, inputs);
    Atom features = new Atom(weight.shape()[0]);
    String name = Names.of(call.node(), call.constant(1, "matrices"));
    return after(
        x,
        new Part.Dense(name, weight, bias),
        LayerInput.withFeatures(x.axes(), features),
        features);
  }

  /**
   * The bias of a layer as an operator of its own, or the sum of what layers take and give; else a
   * part of a formula.
   */
  Value add(Call call) {
    if (call.input(0) instanceof Value.Stream a && call.input(1) instanceof Value.Stream b) {
      Value.Stream sum = Residuals.sum(call, a, b);
      return sum == null ? Formulas.add(call) : sum;
    }
    int matrix = call.input(0) instanceof Value.Stream ? 0 : 1;
    if (Norms.isBias(call.input(matrix), call.input(1 - matrix))) {
      return Norms.biased(call, (Value.Stream) call.input(matrix), 1 - matrix);
    }
    boolean isBias =
        call.input(1 - matrix) instanceof Value.Constant
            && call.input(matrix) instanceof Value.Stream stream
            && Chain.last(stream.chain()) instanceof Part.Dense dense
            && dense.bias() == null;
    return isBias ? biased(call, matrix) : Formulas.add(call);
  }

  /** The weight of a normalisation as an operator of its own; else a part of a formula. */
  Value multiply(Call call) {
    int normalized = call.input(0) instanceof Value.Stream ? 0 : 1;
    return Norms.isWeight(call.input(normalized), call.input(1 - normalized))
        ? Norms.weighted(call, (Value.Stream) call.input(normalized), 1 - normalized)
        : Formulas.multiply(call);
  }

  private Value biased(Call call, int matrix) {
    Value.Stream stream = (Value.Stream) call.input(matrix);
    Part.Dense dense = (Part.Dense) Chain.last(stream.chain());
    LayerInput.requireFeaturesLast(call, stream);
    StoredTensor added = call.constant(1 - matrix, "biases");
    call.require(
        added.shape().length <= stream.axes().size(), "a bias of more axes than its input");
    StoredTensor bias = bias(call, added, dense.outputSize());
    String name = Names.ofBias(added).isEmpty() ? dense.name() : Names.ofBias(added);
    return stream.replacingLast(new Part.Dense(name, dense.weight(), bias));
  }

  /** A table that rows are looked up in. */
  Value embedding(Call call) {
    StoredTensor table = matrix(call, call.constant(0, "tables"));
    call.require(call.axis(call.node().whole("axis", 0), 2) == 0, "a lookup of columns");
    Value.Stream tokens = Value.stream(call.input(1), call.node().toString());
    call.require(tokens.isInput(), "a lookup by what other layers compute, which is not supported");
    Atom features = new Atom(table.shape()[1]);
    List<Axis> axes = new ArrayList<>(tokens.axes());
    axes.add(Axis.of(features));
    String name = Names.of(call.node(), table);
    return after(tokens, new Part.Table(name, table), axes, features);
  }

  // Functions

  Value elementwise(Call call, ActivationFunction function) {
    return call.input(0) instanceof Value.Computed
        ? Formulas.function(call)
        : activation(call, stream(call), function);
  }

  /** A function across the features. */
  Value softmax(Call call, ActivationFunction function) {
    Value.Stream stream = stream(call);
    int rank = stream.axes().size();
    boolean merging = call.opset() < 13;
    int axis = call.axis(call.node().whole("axis", merging ? 1 : -1), rank);
    if (merging) {
      // It merged the axes from there on, so all but one of them have to be of size 1.
      List<Integer> solid = new ArrayList<>();
      for (int i = axis; i < rank; i++) {
        if (!stream.axes().get(i).isUnit()) {
          solid.add(i);
        }
      }
      call.require(solid.size() <= 1, "a softmax over several axes");
      axis = solid.isEmpty() ? axis : solid.getFirst();
    }
    LayerInput.requireFeatures(call, stream, stream.axes().get(axis));
    return activation(call, stream, function);
  }

  /** The function as a layer. */
  static Value activation(Call call, Value.Stream stream, ActivationFunction function) {
    return LayerInput.followed(
        call, stream, size -> new Part.Plain(new Layer.Activation(function, size)));
  }

  private static Value.Stream stream(Call call) {
    return Value.stream(call.input(0), call.node().toString());
  }

  // Over time

  /** Over time, or as a part of a normalisation over the features. */
  Value mean(Call call) {
    Value.Stream argument = Formulas.argument(call.input(0));
    if (argument != null && isOverFeatures(call, argument)) {
      return Formulas.mean(call);
    }
    return pooled(call, new Layer.MeanOverTime(size(call)), axes(call));
  }

  Value max(Call call) {
    return pooled(call, new Layer.MaxOverTime(size(call)), axes(call));
  }

  private boolean isOverFeatures(Call call, Value.Stream stream) {
    int last = stream.axes().size() - 1;
    if (last < 0 || !axes(call, stream).equals(Set.of(last))) {
      return false;
    }
    Axis axis = stream.axes().get(last);
    return stream.isInput()
        ? !axis.isOnly(roles.time())
        : !axis.isUnit() && axis.solid().equals(Axis.solid(stream.features()));
  }

  /** The axes behind the first two: of what exporters make of pooling to one place. */
  Value globalMean(Call call) {
    return pooled(call, new Layer.MeanOverTime(size(call)), behindFirstTwo(call));
  }

  Value globalMax(Call call) {
    return pooled(call, new Layer.MaxOverTime(size(call)), behindFirstTwo(call));
  }

  private static int size(Call call) {
    return stream(call).chain().outputSize();
  }

  private static NavigableSet<Integer> axes(Call call) {
    return axes(call, stream(call));
  }

  private static NavigableSet<Integer> axes(Call call, Value.Stream stream) {
    int rank = stream.axes().size();
    TreeSet<Integer> axes = new TreeSet<>();
    call.wholes("axes", 1)
        .orElseThrow(() -> call.refusal("a reduction over all axes"))
        .forEach(axis -> axes.add(call.axis(axis, rank)));
    return axes;
  }

  private static NavigableSet<Integer> behindFirstTwo(Call call) {
    int rank = stream(call).axes().size();
    TreeSet<Integer> axes = new TreeSet<>();
    for (int axis = 2; axis < rank; axis++) {
      axes.add(axis);
    }
    return axes;
  }

  private Value pooled(Call call, Layer.Readout readout, NavigableSet<Integer> reduced) {
    Value.Stream stream = stream(call);
    call.require(stream.isWhole(), "a part of the features only");
    List<Atom> over =
        Axis.solid(
            reduced.stream().flatMap(axis -> stream.axes().get(axis).atoms().stream()).toList());
    call.require(
        roles.time() != null && over.equals(List.of(roles.time())),
        "a reduction over other axes than the time steps, which is not supported");
    boolean keep =
        call.node().operator().startsWith("Global") || call.node().whole("keepdims", 1) != 0;
    List<Axis> axes = new ArrayList<>(stream.axes());
    for (int axis : reduced.descendingSet()) {
      axes.remove(axis);
      if (keep) {
        axes.add(axis, Axis.unit());
      }
    }
    return Value.Stream.whole(
        new Chain.Link(stream.chain(), new Part.Plain(readout)), axes, stream.features());
  }

  // Types

  /** Between types of floating point and of whole numbers nothing changes that matters here. */
  Value cast(Call call) {
    return switch (call.input(0)) {
      case Value.Constant(StoredTensor tensor)
          when tensor.dtype().isFloatingPoint() && !isFloatingPoint(call) ->
          // Sizes that an older PyTorch computes in floating point.
          Constants.sizes(tensor)
              .orElseThrow(() -> call.refusal("%s turned into whole numbers", tensor.dtype()));
      case Value value -> value;
    };
  }

  // The numbers are those of DataType.
  private static boolean isFloatingPoint(Call call) {
    return switch ((int) call.node().whole("to", 0)) {
      case 1, 10, 11, 16 -> true;
      default -> false;
    };
  }
}
