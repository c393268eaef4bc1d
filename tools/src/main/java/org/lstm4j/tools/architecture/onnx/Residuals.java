// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.Layer;

/** Sums of what some layers are given and what they make of it. */
final class Residuals {
  private Residuals() {}

  /** The sum of two streams of which one came through the other; {@code null} for any other. */
  static Value.Stream sum(Call call, Value.Stream a, Value.Stream b) {
    boolean swapped = Chain.length(a.chain()) > Chain.length(b.chain());
    Value.Stream given = swapped ? b : a;
    Value.Stream made = swapped ? a : b;
    List<Part> between = Chain.between(given.chain(), made.chain());
    if (between.isEmpty()) {
      return null;
    }
    requireSequence(call, between);
    LayerInput.requireFeaturesLast(call, made);
    requireSize(call, given, made.chain().outputSize());
    call.require(
        otherAxes(given).equals(otherAxes(made)),
        "a sum of what has its axes in another order, or not the same");
    return Value.Stream.whole(
        new Chain.Link(given.chain(), new Part.Residual(between)), made.axes(), made.features());
  }

  private static void requireSequence(Call call, List<Part> parts) {
    for (Part part : parts) {
      boolean fits =
          switch (part) {
            case Part.Table _, Part.FinalHidden _ -> false;
            case Part.Plain(Layer layer) -> !(layer instanceof Layer.Readout);
            case Part.Dense _, Part.Norm _, Part.Recurrent _, Part.Residual _ -> true;
          };
      call.require(
          fits, "a sum across what reads over time or looks up tokens, which is not supported");
    }
  }

  private static void requireSize(Call call, Value.Stream given, int size) {
    call.require(!given.axes().isEmpty(), "an input without axes");
    long found = given.isInput() ? given.axes().getLast().size() : given.chain().outputSize();
    call.require(
        found == size || (given.isInput() && found < 0),
        "a sum of %d and %d features, which is not supported",
        found,
        size);
    if (!given.isInput()) {
      LayerInput.requireFeaturesLast(call, given);
    }
  }

  private static List<List<Atom>> otherAxes(Value.Stream stream) {
    List<List<Atom>> others = new ArrayList<>();
    stream.axes().subList(0, stream.axes().size() - 1).forEach(axis -> others.add(axis.solid()));
    return others;
  }
}
