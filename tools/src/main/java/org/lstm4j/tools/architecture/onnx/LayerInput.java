// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.List;

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
