// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.StoredTensor;

/** What becomes a layer, or a part of one, once all is known. Immutable. */
sealed interface Part {
  /** Features of what it gives. */
  int outputSize();

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
   * @param weights for each layer, and for each of its directions, its tensors by PyTorch's names
   *     without layer and direction, such as {@code weight_ih}
   */
  record Recurrent(
      String name,
      RecurrentKind kind,
      int inputSize,
      List<String> states,
      List<Map<String, StoredTensor>> weights)
      implements Part {
    public Recurrent {
      states = List.copyOf(states);
      weights = List.copyOf(weights);
    }

    @Override
    public int outputSize() {
      return kind.outputSize();
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

  /**
   * The output at the first time step: of use only as the second half of a final hidden state.
   *
   * @param size its features
   */
  record FirstStep(int size) implements Part {
    @Override
    public int outputSize() {
      return size;
    }
  }
}
