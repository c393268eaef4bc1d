// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.lstm4j.engine.Layer;

/**
 * Reading a part of a sequence: its last time step, one of two directions, some features; and
 * putting parts together again.
 */
final class Parts {
  private final Roles roles;

  Parts(Roles roles) {
    this.roles = roles;
  }

  /**
   * One place on an axis.
   *
   * @param keep whether an axis of size 1 stays
   */
  Value at(Call call, Value.Stream stream, int position, Dim index, boolean keep) {
    Axis axis = stream.axes().get(position);
    if (axis.isUnit()) {
      call.require(index.is(0) || index.is(-1), "an index beyond its axis; the graph is damaged");
      return replaced(stream, position, keep ? axis : null);
    }
    if (axis.isOnly(roles.time()) && !stream.isInput()) {
      return replaced(
          timeStep(call, stream, Range.isLast(index, axis), index.is(0)),
          position,
          keep ? Axis.unit() : null);
    }
    if (isOfFeatures(stream, axis)) {
      call.require(index.known(), "an index that depends on the length of the sequence");
      int from = call.axis(index.value(), Math.toIntExact(axis.size()));
      return part(call, stream, position, from, from + 1, keep);
    }
    return cutInput(call, stream);
  }

  /** A range of places on an axis. */
  Value sliced(Call call, Value.Stream stream, int position, Range range) {
    Axis axis = stream.axes().get(position);
    if (range.isAll(axis)) {
      return stream;
    }
    if (axis.isOnly(roles.time()) && !stream.isInput()) {
      return replaced(
          timeStep(call, stream, range.isLastOf(axis), range.isFirstOf(axis)),
          position,
          Axis.unit());
    }
    if (isOfFeatures(stream, axis)) {
      Range.Places places = range.in(axis.size(), call);
      call.require(places.step() == 1 && places.count() > 0, "features in steps, or none");
      int from = Math.toIntExact(places.from());
      return part(call, stream, position, from, Math.toIntExact(from + places.count()), true);
    }
    if (axis.isUnit()) {
      call.require(range.in(1, call).count() == 1, "nothing left of an axis");
      return stream;
    }
    return cutInput(call, stream);
  }

  /** A cut input can be a given state; as the data of a layer it will be refused. */
  private static Value cutInput(Call call, Value.Stream stream) {
    call.require(
        stream.isInput(),
        "only a part of the time steps or batch rows; lstm4j reads all, or the last time step");
    return new Value.GivenState((Chain.Source) stream.chain());
  }

  private static boolean isOfFeatures(Value.Stream stream, Axis axis) {
    List<Atom> solid = axis.solid();
    return !solid.isEmpty() && stream.features().containsAll(solid);
  }

  private static Value.Stream timeStep(
      Call call, Value.Stream stream, boolean last, boolean first) {
    call.require(
        last || first,
        "some of the time steps; lstm4j reads all, the last, the first, or the final state");
    int size = stream.chain().outputSize();
    Chain read = last ? stream.chain() : Chain.reversed(stream.chain(), size);
    return new Value.Stream(
        new Chain.Link(read, new Part.Plain(new Layer.ReadLast(size))),
        stream.axes(),
        stream.features(),
        stream.from(),
        stream.to());
  }

  /** A stream with another axis in a place, or with none. */
  private static Value.Stream replaced(Value.Stream stream, int position, Axis axis) {
    List<Axis> axes = new ArrayList<>(stream.axes());
    axes.remove(position);
    if (axis != null) {
      axes.add(position, axis);
    }
    return stream.withAxes(axes);
  }

  /** Some features, or some directions with all of their features. */
  private static Value part(
      Call call, Value.Stream stream, int position, int from, int to, boolean keep) {
    List<Atom> own = stream.axes().get(position).solid();
    List<Atom> all = Axis.solid(stream.features());
    // The outermost atoms of the features: what lies inside of them stays whole.
    call.require(
        all.subList(0, Math.min(own.size(), all.size())).equals(own),
        "some features of every direction; lstm4j can read one direction, or all features");
    List<Atom> inner = all.subList(own.size(), all.size());
    int block = Math.toIntExact(Axis.size(inner));
    Atom cut = new Atom(to - from);
    List<Atom> features = new ArrayList<>(List.of(cut));
    features.addAll(inner);
    Axis axis = keep || to - from > 1 ? Axis.of(cut) : null;
    return replaced(
        new Value.Stream(
            stream.chain(),
            stream.axes(),
            features,
            stream.from() + from * block,
            stream.from() + to * block),
        position,
        axis);
  }

  /** The places that the parts of a stack take on its axis. */
  static long size(Value.Stack stack) {
    return stack.parts().stream().mapToLong(part -> partSize(stack, part)).sum();
  }

  private static long partSize(Value.Stack stack, Value.Stream part) {
    return part.axes().get(stack.axis()).size();
  }

  /** One place on the axis along which a stack was made. */
  Value at(Call call, Value.Stack stack, long axis, Value.Sizes index) {
    int rank = stack.parts().getFirst().axes().size();
    if (call.axis(axis, rank) != stack.axis()
        || index.dims().size() != 1
        || !index.dims().getFirst().known()) {
      return new Value.FinalState();
    }
    long place = index.dims().getFirst().value();
    place = call.axis(place, Math.toIntExact(size(stack)));
    for (Value.Stream part : stack.parts()) {
      long size = partSize(stack, part);
      if (place < size) {
        return at(call, part, stack.axis(), Dim.of(place), !index.scalar());
      }
      place -= size;
    }
    throw call.refusal("an index beyond its axis; the graph is damaged");
  }

  /** A range on the axis along which a stack was made. */
  Value sliced(Call call, Value.Stack stack, long axis, Range range) {
    int rank = stack.parts().getFirst().axes().size();
    if (call.axis(axis, rank) != stack.axis()) {
      return new Value.FinalState();
    }
    Range.Places places = range.in(size(stack), call);
    call.require(places.step() == 1 && places.count() > 0, "layers in steps, or none");
    List<Value.Stream> chosen = new ArrayList<>();
    long begin = 0;
    for (Value.Stream part : stack.parts()) {
      long size = partSize(stack, part);
      long from = Math.max(0, places.from() - begin);
      long to = Math.min(size, places.from() + places.count() - begin);
      if (from < to
          && sliced(call, part, stack.axis(), new Range(Dim.of(from), Dim.of(to), 1))
              instanceof Value.Stream piece) {
        chosen.add(piece);
      }
      begin += size;
    }
    return chosen.size() == 1 ? chosen.getFirst() : new Value.Stack(chosen, stack.axis());
  }

  /** Parts of one chain become whole again; final states of several layers become a stack. */
  Value joined(Call call) {
    List<Value.Stream> streams = new ArrayList<>();
    for (Value input : call.inputs()) {
      streams.addAll(
          switch (input) {
            case Value.Stream stream -> List.of(stream);
            case Value.Stack stack -> stack.parts();
            default -> throw call.refusal("something else than the output of one layer");
          });
    }
    Value.Stream first = streams.getFirst();
    int rank = first.axes().size();
    int axis = call.axis(call.node().whole("axis", 0), rank);
    for (Value.Stream stream : streams) {
      call.require(stream.axes().size() == rank, "inputs of other axes; the graph is damaged");
    }
    Value.Stream whole = restored(streams, axis);
    if (whole != null) {
      return whole;
    }
    if (!streams.stream()
        .allMatch(stream -> Chain.last(stream.chain()) instanceof Part.FinalHidden)) {
      throw call.refusalOfPart("the outputs of two branches, where lstm4j runs layers in a row");
    }
    return new Value.Stack(streams, axis);
  }

  /** The chain's features where parts of it follow each other; {@code null} where they do not. */
  private static Value.Stream restored(List<Value.Stream> parts, int axis) {
    List<Value.Stream> halves = parts.stream().map(Parts::asFinalHidden).toList();
    Value.Stream first = halves.getFirst();
    int end = first.from();
    for (Value.Stream half : halves) {
      boolean fits =
          half.chain().equals(first.chain())
              && half.from() == end
              && half.axes().get(axis).solid().equals(Axis.solid(half.features()))
              && new HashSet<>(otherAxes(half, axis)).equals(new HashSet<>(otherAxes(first, axis)));
      if (!fits) {
        return null;
      }
      end = half.to();
    }
    Atom joined = new Atom(end - first.from());
    List<Axis> axes = new ArrayList<>(first.axes());
    axes.set(axis, Axis.of(joined));
    return new Value.Stream(first.chain(), axes, List.of(joined), first.from(), end);
  }

  private static List<List<Atom>> otherAxes(Value.Stream stream, int axis) {
    List<List<Atom>> others = new ArrayList<>();
    for (int i = 0; i < stream.axes().size(); i++) {
      if (i != axis) {
        others.add(stream.axes().get(i).solid());
      }
    }
    return others;
  }

  /**
   * What the forward direction gives last, and the backward direction first, are their final hidden
   * states.
   */
  private static Value.Stream asFinalHidden(Value.Stream stream) {
    if (!(stream.chain() instanceof Chain.Link link
        && link.part() instanceof Part.Plain(Layer.ReadLast _))) {
      return stream;
    }
    boolean first = Chain.last(link.before()) instanceof Part.Plain(Layer.Reverse _);
    Chain recurrence = first ? ((Chain.Link) link.before()).before() : link.before();
    if (!(Chain.last(recurrence) instanceof Part.Recurrent recurrent
        && recurrent.kind().bidirectional())) {
      return stream;
    }
    int half = recurrent.kind().hiddenSize();
    if (first ? stream.from() < half : stream.to() > half) {
      return stream;
    }
    Chain chain = new Chain.Link(recurrence, new Part.FinalHidden(2 * half, true));
    return new Value.Stream(chain, stream.axes(), stream.features(), stream.from(), stream.to());
  }
}
