// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;

/** What becomes a layer, or a part of one, once all is known. Immutable. */
sealed interface Part {
  /** Features of what it gives. */
  int outputSize();

  /** Whether it has a state, or something in it has. */
  default boolean isRecurrent() {
    return false;
  }

  /** A layer without weights. */
  record Plain(Layer layer) implements Part {
    @Override
    public int outputSize() {
      return layer.outputSize();
    }
  }

  /**
   * W x + b.
   *
   * @param name the module's; empty if the file does not say
   * @param weight [features out, features in]
   * @param bias [features out], or {@code null}
   */
  record Dense(String name, StoredTensor weight, StoredTensor bias) implements Part {
    @Override
    public int outputSize() {
      return Math.toIntExact(weight.shape()[0]);
    }
  }

  /**
   * Rows looked up by index.
   *
   * @param name the module's; empty if the file does not say
   * @param weight [rows, features]
   */
  record Table(String name, StoredTensor weight) implements Part {
    @Override
    public int outputSize() {
      return Math.toIntExact(weight.shape()[1]);
    }
  }

  /**
   * Recurrent layers on top of each other.
   *
   * @param name the module's; empty if the file does not say
   * @param kind all that the layers have in common
   * @param inputSize of the lowest
   * @param states the names of the inputs that give it its initial state; none if it starts from
   *     zeros
   * @param directions those of the lowest layer first
   */
  record Recurrent(
      String name,
      RecurrentKind kind,
      int inputSize,
      List<String> states,
      List<Direction> directions)
      implements Part {
    public Recurrent {
      states = List.copyOf(states);
      directions = List.copyOf(directions);
    }

    @Override
    public int outputSize() {
      return kind.outputSize();
    }

    @Override
    public boolean isRecurrent() {
      return true;
    }
  }

  /**
   * One direction of a recurrent layer.
   *
   * @param weights by PyTorch's names without layer and direction, such as {@code weight_ih}
   * @param h what the hidden state starts from; {@code null} for zeros, or where it is given
   * @param c what the cell state starts from; {@code null} likewise
   */
  record Direction(Map<String, StoredTensor> weights, StoredTensor h, StoredTensor c) {
    public Direction {
      weights = Map.copyOf(weights);
    }
  }

  /**
   * Layer normalisation over the features.
   *
   * @param name the module's; empty if the file does not say
   * @param size features
   * @param weight [features], or {@code null}
   * @param bias [features], or {@code null}
   */
  record Norm(String name, int size, float eps, StoredTensor weight, StoredTensor bias)
      implements Part {
    @Override
    public int outputSize() {
      return size;
    }
  }

  /**
   * What parts give, added to what they were given.
   *
   * @param parts in the order in which data flows
   */
  record Residual(List<Part> parts) implements Part {
    public Residual {
      parts = List.copyOf(parts);
      Refusal.require(
          depth(parts) <= Layer.Residual.MAX_DEPTH,
          "has sums around sums more than %d deep; import a part with --select",
          Layer.Residual.MAX_DEPTH);
    }

    private static int depth(List<Part> parts) {
      int deepest = 0;
      for (Part part : parts) {
        deepest = Math.max(deepest, part instanceof Residual inner ? depth(inner.parts) : 0);
      }
      return deepest + 1;
    }

    @Override
    public int outputSize() {
      return parts.getLast().outputSize();
    }

    @Override
    public boolean isRecurrent() {
      return parts.stream().anyMatch(Part::isRecurrent);
    }
  }

  /**
   * The final hidden state of both directions, or of the only one.
   *
   * @param size features of all directions
   * @param bidirectional whether there are two
   */
  record FinalHidden(int size, boolean bidirectional) implements Part {
    @Override
    public int outputSize() {
      return size;
    }
  }
}
