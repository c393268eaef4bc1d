// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.List;
import java.util.function.IntFunction;

/** What a layer is given: all features of what came before, on one axis. */
final class LayerInput {
  private LayerInput() {}

  /**
   * The stream, if its last axis has the features for a layer.
   *
   * @param size features that the layer takes
   */
  static Value.Stream of(Call call, Value.Stream stream, int size) {
    call.require(!stream.axes().isEmpty(), "an input without axes");
    Axis last = stream.axes().getLast();
    if (stream.isInput()) {
      call.require(
          last.solid().size() <= 1 && (last.size() < 0 || last.size() == size),
          "an input of %d features where its weights take %d",
          last.size(),
          size);
      return stream;
    }
    requireFeatures(call, stream, last);
    call.require(
        stream.chain().outputSize() == size,
        "an input of %d features where its weights take %d; the graph is damaged",
        stream.chain().outputSize(),
        size);
    return stream;
  }

  /**
   * What a part gives that has as many features as it takes, whatever their axis.
   *
   * @param part made for a number of features; of an input these are its last axis
   */
  static Value.Stream followed(Call call, Value.Stream stream, IntFunction<Part> part) {
    if (!stream.isInput()) {
      call.require(stream.isWhole(), "a part of the features only");
      return stream.followedBy(part.apply(stream.chain().outputSize()));
    }
    call.require(!stream.axes().isEmpty(), "an input without axes");
    long size = stream.axes().getLast().size();
    call.require(
        0 < size && size <= Integer.MAX_VALUE, "an input whose number of features is not known");
    Atom features = new Atom(size);
    return Value.Stream.whole(
        new Chain.Link(stream.chain(), part.apply((int) size)),
        withFeatures(stream.axes(), features),
        List.of(features));
  }

  /** Checks that the last axis has all features of what came before. */
  static void requireFeaturesLast(Call call, Value.Stream stream) {
    call.require(!stream.axes().isEmpty(), "an input without axes");
    requireFeatures(call, stream, stream.axes().getLast());
  }

  /** Checks that an axis has all features of what came before. */
  static void requireFeatures(Call call, Value.Stream stream, Axis axis) {
    call.require(
        stream.isWhole(),
        "the features %d to %d of %d only; lstm4j hands on all",
        stream.from(),
        stream.to() - 1,
        stream.chain().outputSize());
    List<Atom> features = Axis.solid(stream.features());
    call.require(
        axis.solid().equals(features), "its features on another axis than lstm4j has them");
  }

  /** The axes with the last one's features replaced. */
  static List<Axis> withFeatures(List<Axis> axes, Atom features) {
    List<Axis> changed = new java.util.ArrayList<>(axes);
    changed.set(changed.size() - 1, Axis.of(features));
    return changed;
  }
}
