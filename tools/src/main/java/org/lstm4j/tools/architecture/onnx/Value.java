// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;

/** What is known of a tensor of the graph before any data is there. Immutable. */
sealed interface Value {
  /** A tensor of the file, or made of one by moving its elements. */
  record Constant(StoredTensor tensor) implements Value {
    List<Long> shape() {
      List<Long> shape = new ArrayList<>();
      for (long size : tensor.shape()) {
        shape.add(size);
      }
      return shape;
    }
  }

  /**
   * Whole numbers in the computation of a shape.
   *
   * @param scalar whether it is one number without an axis, rather than a list
   */
  record Sizes(List<Dim> dims, boolean scalar) implements Value {
    public Sizes {
      dims = List.copyOf(dims);
    }
  }

  /** A tensor of equal elements, whatever its shape. */
  record Uniform(double value) implements Value {}

  /**
   * A sequence on its way through the network, or what a readout left of it.
   *
   * @param chain what it came through
   * @param axes what its axes are made of
   * @param features the atoms that its features are made of; empty for an input that no layer has
   *     seen yet
   * @param from the first of the chain's features that it holds
   * @param to the one after the last
   */
  record Stream(Chain chain, List<Axis> axes, List<Atom> features, int from, int to)
      implements Value {
    public Stream {
      axes = List.copyOf(axes);
      features = List.copyOf(features);
    }

    /** All features of a chain. */
    static Stream whole(Chain chain, List<Axis> axes, List<Atom> features) {
      return new Stream(chain, axes, features, 0, chain.outputSize());
    }

    Stream withAxes(List<Axis> moved) {
      return new Stream(chain, moved, features, from, to);
    }

    /** What a part gives that has as many features, and leaves all axes where they are. */
    Stream followedBy(Part part) {
      return whole(new Chain.Link(chain, part), axes, features);
    }

    /** The same with another part in place of the last. */
    Stream replacingLast(Part part) {
      Chain before = ((Chain.Link) chain).before();
      return new Stream(new Chain.Link(before, part), axes, features, from, to);
    }

    boolean isWhole() {
      return from == 0 && to == chain.outputSize();
    }

    /** Whether the graph was given it as it is, and no layer has seen it. */
    boolean isInput() {
      return chain instanceof Chain.Source;
    }
  }

  /**
   * A function of every feature of a stream that is no activation of lstm4j's, or not yet.
   *
   * <p>formula what it is
   */
  record Computed(Stream argument, Formula formula) implements Value {}

  /** Streams of different layers one behind the other on an axis, as h_n has them. */
  record Stack(List<Stream> parts, int axis) implements Value {
    public Stack {
      parts = List.copyOf(parts);
    }
  }

  /** An input, or what is computed outside of a selection, of which not even the rank is known. */
  record Unknown(Chain.Source source) implements Value {}

  /** A state that the graph is given: an input that was cut or moved before a layer took it. */
  record GivenState(Chain.Source source) implements Value {}

  /** A final cell state, or hidden state that was moved about, which no layer can take. */
  record FinalState() implements Value {}

  /** An optional input left out. */
  record Absent() implements Value {}

  /** The stream itself. */
  static Stream stream(Value value, String what) {
    if (value instanceof Stream stream) {
      return stream;
    }
    if (value instanceof Computed(Stream _, Formula formula)) {
      throw new Refusal(
          "has %s after a function that lstm4j has not, %s; choose a part without it with"
              + " --select",
          what, formula);
    }
    throw new Refusal("has %s, which takes what no layer gives it", what);
  }
}
