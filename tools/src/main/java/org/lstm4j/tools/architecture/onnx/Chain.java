// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.checkpoint.Refusal;

/** What data has gone through, from an input of the graph to some tensor. Immutable. */
sealed interface Chain {
  /** Features of what comes out. */
  int outputSize();

  /** An input. Compared by identity. */
  final class Source implements Chain {
    private final String name;
    private final List<Axis> axes;

    Source(String name, List<Axis> axes) {
      this.name = name;
      this.axes = List.copyOf(axes);
    }

    String name() {
      return name;
    }

    List<Axis> axes() {
      return axes;
    }

    /** Nothing is known of features until a layer takes them. */
    @Override
    public int outputSize() {
      return 0;
    }
  }

  /** A part after what came before it. Two are equal if they are the same all the way. */
  final class Link implements Chain {
    // An LSTM network has some ten; so this also bounds every walk along a chain.
    private static final int MAX_LENGTH = 200;

    private final Chain before;
    private final Part part;
    private final int length;

    Link(Chain before, Part part) {
      this.before = before;
      this.part = part;
      this.length = before instanceof Link link ? link.length + 1 : 1;
      Refusal.require(
          length <= MAX_LENGTH,
          "has more than %d layers one after the other; import a part with --select",
          MAX_LENGTH);
    }

    Chain before() {
      return before;
    }

    Part part() {
      return part;
    }

    @Override
    public int outputSize() {
      return part.outputSize();
    }

    @Override
    public boolean equals(Object other) {
      return this == other
          || (other instanceof Link link
              && length == link.length
              && part.equals(link.part)
              && before.equals(link.before));
    }

    @Override
    public int hashCode() {
      return Objects.hash(part, length);
    }
  }

  /** The input that a chain starts from. */
  static Source source(Chain chain) {
    Chain first = chain;
    while (first instanceof Link link) {
      first = link.before();
    }
    return (Source) first;
  }

  /** The parts of a chain, in the order in which data flows. */
  static List<Part> parts(Chain chain) {
    List<Part> parts = new ArrayList<>();
    for (Chain at = chain; at instanceof Link link; at = link.before()) {
      parts.addFirst(link.part());
    }
    return parts;
  }

  /** How many parts there are. */
  static int length(Chain chain) {
    return chain instanceof Link link ? link.length : 0;
  }

  /** The parts after a chain that a longer one begins with; none if it does not. */
  static List<Part> between(Chain beginning, Chain chain) {
    List<Part> parts = new ArrayList<>();
    Chain at = chain;
    while (at instanceof Link link && link.length > length(beginning)) {
      parts.addFirst(link.part());
      at = link.before();
    }
    return at.equals(beginning) ? parts : List.of();
  }

  /** The chain with time steps from the last to the first. */
  static Chain reversed(Chain chain, int size) {
    return new Link(chain, new Part.Plain(new Layer.Reverse(size)));
  }

  /** The last part; {@code null} for an input. */
  static Part last(Chain chain) {
    return chain instanceof Link link ? link.part() : null;
  }
}
