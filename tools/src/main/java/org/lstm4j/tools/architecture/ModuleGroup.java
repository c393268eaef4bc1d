// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.List;
import java.util.Optional;
import org.lstm4j.engine.Layer;

/** Tensors that belong together. */
sealed interface ModuleGroup {
  /** The module's path, or the parameter's own name; empty for a module at the root. */
  String name();

  /** The name as options and messages have it: {@code .} for a module at the root. */
  default String label() {
    return name().isEmpty() ? "." : name();
  }

  /** All tensors of the group. */
  List<NamedTensor> tensors();

  /** An LSTM, GRU or RNN, or a cell of one, complete. */
  record Recurrent(Layer.Recurrent layer, List<NamedTensor> tensors) implements ModuleGroup {
    @Override
    public String name() {
      return layer.name();
    }
  }

  /**
   * A matrix with or without bias: a Linear, or without bias perhaps an Embedding.
   *
   * @param rows output features of a Linear, entries of an Embedding
   * @param columns input features of a Linear, the dimension of an Embedding
   */
  record Matrix(String name, int rows, int columns, NamedTensor weight, Optional<NamedTensor> bias)
      implements ModuleGroup {
    @Override
    public List<NamedTensor> tensors() {
      return bias.map(tensor -> List.of(weight, tensor)).orElse(List.of(weight));
    }
  }

  /** A layer norm: a weight and a bias of as many elements; some have fewer tensors, or none. */
  record Norm(Layer.LayerNorm layer, List<NamedTensor> tensors) implements ModuleGroup {
    @Override
    public String name() {
      return layer.name();
    }
  }

  /** A parameter alone, which only attention can use. */
  record Loose(NamedTensor tensor) implements ModuleGroup {
    @Override
    public String name() {
      return tensor.name();
    }

    @Override
    public List<NamedTensor> tensors() {
      return List.of(tensor);
    }
  }
}
