// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.onnx.OnnxInput;

/** The operators that put axes elsewhere, and change nothing else. */
final class Movement {
  private final Constants constants;
  private final Parts parts;

  Movement(Constants constants, Parts parts) {
    this.constants = constants;
    this.parts = parts;
  }

  /** What these operators do to values whose axes nobody follows: nothing. */
  private static Value unfollowed(Call call) {
    return switch (call.input(0)) {
      case Value.Uniform uniform -> uniform;
      case Value.GivenState given -> given;
      case Value.FinalState last -> last;
      case Value.Stack _ -> new Value.FinalState();
      default -> throw call.refusal("an input whose axes are not known");
    };
  }

  Value transpose(Call call) {
    return switch (call.input(0)) {
      case Value.Stream stream ->
          stream.withAxes(
              order(call, stream.axes().size()).stream().map(stream.axes()::get).toList());
      case Value.Constant(StoredTensor tensor) ->
          new Value.Constant(constants.transposed(tensor, order(call, tensor.shape().length)));
      case Value.Unknown(Chain.Source source) when call.node().has("perm") ->
          transpose(withInput(call, withRank(source, order(call, -1).size())));
      default -> unfollowed(call);
    };
  }

  /** An input of which nothing was known but now the rank. */
  static Value.Stream withRank(Chain.Source source, int rank) {
    List<Axis> axes =
        IntStream.range(0, rank).mapToObj(_ -> Axis.of(new Atom(OnnxInput.UNKNOWN))).toList();
    return input(source.name(), axes);
  }

  /** An input that no layer has seen. */
  static Value.Stream input(String name, List<Axis> axes) {
    return new Value.Stream(new Chain.Source(name, axes), axes, List.of(), 0, 0);
  }

  private static Call withInput(Call call, Value first) {
    List<Value> inputs = new ArrayList<>(call.inputs());
    inputs.set(0, first);
    return new Call(call.node(), inputs, call.opset(), call.advice());
  }

  private static List<Integer> order(Call call, int rank) {
    List<Long> given = call.node().wholes("perm").orElse(null);
    if (given == null) {
      return IntStream.range(0, rank).mapToObj(axis -> rank - 1 - axis).toList();
    }
    List<Integer> order = given.stream().map(axis -> call.axis(axis, given.size())).toList();
    call.require(
        (rank < 0 || order.size() == rank) && new HashSet<>(order).size() == order.size(),
        "an order of axes %s that does not fit its input; the graph is damaged",
        given);
    return order;
  }

  Value reshape(Call call) {
    boolean allowZero = call.node().whole("allowzero", 0) != 0;
    return switch (call.input(0)) {
      case Value.Stream stream ->
          stream.withAxes(Reshaping.of(call, stream.axes(), call.sizes(1).dims(), allowZero));
      case Value.Constant(StoredTensor tensor) ->
          new Value.Constant(
              Constants.reshaped(tensor, Reshaping.of(call, tensor, call.known(1), allowZero)));
      case Value.Sizes sizes -> new Value.Sizes(sizes.dims(), call.sizes(1).dims().isEmpty());
      default -> unfollowed(call);
    };
  }

  /** Merges the axes before one, and those from it on. */
  Value flatten(Call call) {
    Value.Stream stream = Value.stream(call.input(0), call.node().toString());
    int rank = stream.axes().size();
    long asked = call.node().whole("axis", 1);
    int axis = asked == rank ? rank : call.axis(asked, rank);
    return stream.withAxes(
        List.of(merged(stream.axes().subList(0, axis)), merged(stream.axes().subList(axis, rank))));
  }

  private static Axis merged(List<Axis> axes) {
    return new Axis(axes.stream().flatMap(axis -> axis.atoms().stream()).toList());
  }

  Value squeeze(Call call) {
    return switch (call.input(0)) {
      case Value.Stream stream -> {
        List<Axis> axes = new ArrayList<>(stream.axes());
        for (int axis : squeezed(call, stream.axes()).descendingSet()) {
          call.require(
              axes.get(axis).isUnit(),
              "an axis taken away that is not known to have size 1; export the network with a"
                  + " fixed size there");
          axes.remove(axis);
        }
        yield stream.withAxes(axes);
      }
      case Value.Constant(StoredTensor tensor) ->
          new Value.Constant(Constants.reshaped(tensor, squeezed(call, tensor.shape())));
      case Value.Sizes sizes -> new Value.Sizes(sizes.dims(), sizes.dims().size() == 1);
      default -> unfollowed(call);
    };
  }

  private static NavigableSet<Integer> squeezed(Call call, List<Axis> axes) {
    TreeSet<Integer> squeezed = new TreeSet<>();
    List<Long> given = call.wholes("axes", 1).orElse(null);
    for (int axis = 0; given == null && axis < axes.size(); axis++) {
      if (axes.get(axis).isUnit()) {
        squeezed.add(axis);
      }
    }
    for (long axis : given == null ? List.<Long>of() : given) {
      squeezed.add(call.axis(axis, axes.size()));
    }
    return squeezed;
  }

  private static long[] squeezed(Call call, long[] shape) {
    Set<Integer> squeezed =
        call.wholes("axes", 1)
            .<Set<Integer>>map(axes -> positions(call, axes, shape.length))
            .orElseGet(() -> unitAxes(shape));
    call.require(unitAxes(shape).containsAll(squeezed), "an axis taken away whose size is not 1");
    return IntStream.range(0, shape.length)
        .filter(axis -> !squeezed.contains(axis))
        .mapToLong(axis -> shape[axis])
        .toArray();
  }

  private static Set<Integer> unitAxes(long[] shape) {
    Set<Integer> units = new HashSet<>();
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 1) {
        units.add(axis);
      }
    }
    return units;
  }

  private static NavigableSet<Integer> positions(Call call, List<Long> axes, int rank) {
    TreeSet<Integer> positions = new TreeSet<>();
    axes.forEach(axis -> positions.add(call.axis(axis, rank)));
    return positions;
  }

  Value unsqueeze(Call call) {
    return switch (call.input(0)) {
      case Value.Stream stream -> {
        List<Axis> axes = new ArrayList<>(stream.axes());
        added(call, axes.size()).forEach(axis -> axes.add(axis, Axis.unit()));
        yield stream.withAxes(axes);
      }
      case Value.Constant(StoredTensor tensor) -> {
        List<Long> shape = new ArrayList<>(new Value.Constant(tensor).shape());
        added(call, shape.size()).forEach(axis -> shape.add(axis, 1L));
        yield new Value.Constant(Constants.reshaped(tensor, toArray(shape)));
      }
      case Value.Sizes sizes when sizes.scalar() -> new Value.Sizes(sizes.dims(), false);
      default -> unfollowed(call);
    };
  }

  private static NavigableSet<Integer> added(Call call, int rank) {
    List<Long> axes =
        call.wholes("axes", 1).orElseThrow(() -> call.refusal("no axes; the graph is damaged"));
    return positions(call, axes, rank + axes.size());
  }

  private static long[] toArray(List<Long> shape) {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  Value concat(Call call) {
    if (call.inputs().stream().allMatch(Value.Constant.class::isInstance)) {
      return joinedConstants(call);
    }
    if (IntStream.range(0, call.inputs().size()).allMatch(i -> call.sizesIfAny(i).isPresent())) {
      List<Dim> dims = new ArrayList<>();
      for (int i = 0; i < call.inputs().size(); i++) {
        dims.addAll(call.sizes(i).dims());
      }
      return new Value.Sizes(dims, false);
    }
    if (new HashSet<>(call.inputs()).size() == 1 && call.input(0) instanceof Value.Uniform same) {
      return same;
    }
    if (call.inputs().contains(new Value.FinalState())) {
      return new Value.FinalState();
    }
    return parts.joined(call);
  }

  private Value joinedConstants(Call call) {
    List<StoredTensor> tensors = new ArrayList<>();
    for (int i = 0; i < call.inputs().size(); i++) {
      tensors.add(call.constant(i, "tensors"));
    }
    StoredTensor first = tensors.getFirst();
    int axis = call.axis(call.node().whole("axis", 0), first.shape().length);
    for (StoredTensor tensor : tensors) {
      long[] shape = tensor.shape();
      boolean fits = shape.length == first.shape().length && tensor.dtype() == first.dtype();
      for (int i = 0; fits && i < shape.length; i++) {
        fits = i == axis || shape[i] == first.shape()[i];
      }
      call.require(fits, "tensors that do not fit together: %s and %s", first, tensor);
    }
    return new Value.Constant(constants.joined(tensors, axis));
  }

  /** One place on an axis, or several of a constant. */
  Value gather(Call call) {
    long axis = call.node().whole("axis", 0);
    return switch (call.input(0)) {
      case Value.Stream stream -> {
        Value.Sizes index = call.sizes(1);
        call.require(index.dims().size() == 1, "more than one index into a sequence");
        yield parts.at(
            call,
            stream,
            call.axis(axis, stream.axes().size()),
            index.dims().getFirst(),
            !index.scalar());
      }
      case Value.Stack stack -> parts.at(call, stack, axis, call.sizes(1));
      case Value.Sizes sizes -> chosen(call, sizes.dims());
      case Value.Constant _ when call.sizesIfAny(0).isPresent() ->
          chosen(call, call.sizes(0).dims());
      case Value.Constant(StoredTensor tensor) -> gathered(call, tensor, axis);
      default -> unfollowed(call);
    };
  }

  private static Value chosen(Call call, List<Dim> dims) {
    List<Dim> chosen = new ArrayList<>();
    for (long index : call.known(1)) {
      chosen.add(dims.get(call.axis(index, dims.size())));
    }
    return new Value.Sizes(chosen, call.sizes(1).scalar());
  }

  private Value gathered(Call call, StoredTensor tensor, long asked) {
    int axis = call.axis(asked, tensor.shape().length);
    List<StoredTensor> pieces = new ArrayList<>();
    for (long index : call.known(1)) {
      int from = call.axis(index, Math.toIntExact(tensor.shape()[axis]));
      pieces.add(constants.sliced(tensor, axis, from, 1, 1));
    }
    call.require(!pieces.isEmpty(), "no index");
    StoredTensor joined = constants.joined(pieces, axis);
    if (!call.sizes(1).scalar()) {
      return new Value.Constant(joined);
    }
    List<Long> shape = new ArrayList<>(new Value.Constant(joined).shape());
    shape.remove(axis);
    return new Value.Constant(Constants.reshaped(joined, toArray(shape)));
  }

  Value slice(Call call) {
    List<Dim> starts = bounds(call, "starts", 1);
    List<Dim> ends = bounds(call, "ends", 2);
    List<Long> axes =
        call.wholes("axes", 3)
            .orElseGet(() -> IntStream.range(0, starts.size()).mapToObj(Long::valueOf).toList());
    List<Long> steps = call.has(4) ? call.known(4) : Collections.nCopies(starts.size(), 1L);
    call.require(
        ends.size() == starts.size()
            && axes.size() == starts.size()
            && steps.size() == starts.size(),
        "lists of bounds of different lengths; the graph is damaged");
    Value sliced = call.input(0);
    for (int i = 0; i < starts.size(); i++) {
      sliced =
          sliced(call, sliced, axes.get(i), new Range(starts.get(i), ends.get(i), steps.get(i)));
    }
    return sliced;
  }

  private static List<Dim> bounds(Call call, String attribute, int index) {
    return call.has(index)
        ? call.sizes(index).dims()
        : call.node().wholes(attribute).orElse(List.of()).stream().map(Dim::of).toList();
  }

  private Value sliced(Call call, Value value, long axis, Range range) {
    return switch (value) {
      case Value.Stream stream ->
          parts.sliced(call, stream, call.axis(axis, stream.axes().size()), range);
      case Value.Stack stack -> parts.sliced(call, stack, axis, range);
      case Value.Sizes sizes -> {
        Range.Places places = range.in(sizes.dims().size(), call);
        List<Dim> chosen = new ArrayList<>();
        for (long i = 0; i < places.count(); i++) {
          chosen.add(sizes.dims().get((int) (places.from() + i * places.step())));
        }
        yield new Value.Sizes(chosen, false);
      }
      case Value.Constant(StoredTensor tensor) -> {
        int position = call.axis(axis, tensor.shape().length);
        Range.Places places = range.in(tensor.shape()[position], call);
        yield new Value.Constant(
            constants.sliced(tensor, position, places.from(), places.step(), places.count()));
      }
      default -> unfollowed(call);
    };
  }

  List<Value> split(Call call) {
    int outputs = call.node().outputs().size();
    long asked = call.node().whole("axis", 0);
    long size =
        switch (call.input(0)) {
          case Value.Stream stream ->
              stream.axes().get(call.axis(asked, stream.axes().size())).size();
          case Value.Constant(StoredTensor tensor) ->
              tensor.shape()[call.axis(asked, tensor.shape().length)];
          case Value.Stack stack -> Parts.size(stack);
          default -> OnnxInput.UNKNOWN;
        };
    if (size < 0) {
      return Collections.nCopies(outputs, unfollowed(call));
    }
    List<Long> sizes =
        call.wholes("split", 1)
            .orElseGet(() -> Collections.nCopies(outputs, Math.ceilDiv(size, outputs)));
    call.require(sizes.size() == outputs, "other than %d sizes; the graph is damaged", outputs);
    List<Value> pieces = new ArrayList<>();
    long from = 0;
    for (long piece : sizes) {
      call.require(0 <= piece && piece <= size, "pieces larger than the whole");
      long to = Math.min(size, from + piece);
      pieces.add(sliced(call, call.input(0), asked, new Range(Dim.of(from), Dim.of(to), 1)));
      from = to;
    }
    return pieces;
  }
}
