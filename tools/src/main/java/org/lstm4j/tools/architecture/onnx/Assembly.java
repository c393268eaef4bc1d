// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.State;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;

/** Turns the parts of a chain into layers, and names their tensors. Used once. */
final class Assembly {
  private final List<Layer> layers;
  private final Map<Layer.Recurrent, List<Part.Direction>> recurrent = new LinkedHashMap<>();
  private final Map<String, StoredTensor> weights = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  /**
   * The layers of a chain.
   *
   * @throws Refusal if an initial state is beyond float32
   */
  Assembly(Chain chain) {
    layers = layers(Chain.parts(chain));
  }

  List<Layer> layers() {
    return layers;
  }

  /** The tensor of each parameter of the layers. */
  Map<String, StoredTensor> weights() {
    return weights;
  }

  /** What the recurrent layers start from; empty where that is zeros. */
  Optional<State> initialState() {
    boolean zeros =
        recurrent.values().stream()
            .flatMap(List::stream)
            .allMatch(direction -> direction.h() == null && direction.c() == null);
    if (zeros) {
      return Optional.empty();
    }
    State state = State.zeros(layers, 1);
    recurrent.forEach((layer, directions) -> {
      for (int i = 0; i < directions.size(); i++) {
        copy(directions.get(i).h(), state.h(layer.name()), i * layer.hiddenSize());
        if (layer.hasCellState()) {
          copy(directions.get(i).c(), state.c(layer.name()), i * layer.hiddenSize());
        }
      }
    });
    return Optional.of(state);
  }

  private static void copy(StoredTensor row, float[] state, int offset) {
    if (row != null) {
      float[] values = row.toTensor().toArray();
      for (float value : values) {
        Refusal.require(
            Float.isFinite(value),
            "has an initial state beyond the range of float32, %s; export the network without it",
            row);
      }
      System.arraycopy(values, 0, state, offset, values.length);
    }
  }

  private List<Layer> layers(List<Part> parts) {
    return stacked(parts).stream().map(this::layer).toList();
  }

  /**
   * Exporters write a recurrent module of several layers as one operator for each of them. Time
   * reversed twice is as it was.
   */
  private static List<Part> stacked(List<Part> parts) {
    List<Part> stacked = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Part.Recurrent upper
          && !stacked.isEmpty()
          && stacked.getLast() instanceof Part.Recurrent lower
          && lower.kind().equals(upper.kind())
          && lower.name().equals(upper.name())
          && lower.states().equals(upper.states())) {
        List<Part.Direction> directions = new ArrayList<>(lower.directions());
        directions.addAll(upper.directions());
        stacked.set(
            stacked.size() - 1,
            new Part.Recurrent(
                lower.name(), lower.kind(), lower.inputSize(), lower.states(), directions));
      } else if (isReverse(part) && !stacked.isEmpty() && isReverse(stacked.getLast())) {
        stacked.removeLast();
      } else {
        stacked.add(part);
      }
    }
    return stacked;
  }

  private static boolean isReverse(Part part) {
    return part instanceof Part.Plain(Layer.Reverse _);
  }

  private Layer layer(Part part) {
    return switch (part) {
      case Part.Plain(Layer layer) -> layer;
      case Part.Dense dense -> layer(dense);
      case Part.Table table -> layer(table);
      case Part.Norm norm -> layer(norm);
      case Part.Recurrent stack -> layer(stack);
      case Part.Residual(List<Part> parts) -> new Layer.Residual(layers(parts));
      case Part.FinalHidden(int size, boolean bidirectional) ->
          bidirectional ? new Layer.ReadFinal(size) : new Layer.ReadLast(size);
    };
  }

  private Layer layer(Part.Dense dense) {
    String name = unique(dense.name(), "linear");
    long[] shape = dense.weight().shape();
    addWeights(name, dense.weight(), dense.bias());
    return new Layer.Linear(name, (int) shape[1], (int) shape[0], dense.bias() != null);
  }

  private Layer layer(Part.Table table) {
    String name = unique(table.name(), "embedding");
    long[] shape = table.weight().shape();
    addWeights(name, table.weight(), null);
    return new Layer.Embedding(name, (int) shape[0], (int) shape[1]);
  }

  private Layer layer(Part.Norm norm) {
    String name = unique(norm.name(), "norm");
    addWeights(name, norm.weight(), norm.bias());
    return new Layer.LayerNorm(
        name, norm.size(), norm.eps(), norm.weight() != null, norm.bias() != null);
  }

  private void addWeights(String name, StoredTensor weight, StoredTensor bias) {
    if (weight != null) {
      weights.put(name + ".weight", weight);
    }
    if (bias != null) {
      weights.put(name + ".bias", bias);
    }
  }

  private Layer layer(Part.Recurrent stack) {
    RecurrentKind kind = stack.kind();
    String name = unique(stack.name(), kind.defaultName());
    List<Part.Direction> directions = stack.directions();
    Layer.Recurrent layer =
        kind.layer(name, stack.inputSize(), directions.size() / kind.directions());
    for (int i = 0; i < directions.size(); i++) {
      int row = i / kind.directions();
      int direction = i % kind.directions();
      directions
          .get(i)
          .weights()
          .forEach(
              (tensor, stored) -> weights.put(layer.parameterName(tensor, row, direction), stored));
    }
    recurrent.put(layer, directions);
    return layer;
  }

  private String unique(String name, String otherwise) {
    String wanted = name.isEmpty() ? otherwise : name;
    String unique = wanted;
    for (int i = 2; !names.add(unique); i++) {
      unique = wanted + i;
    }
    return unique;
  }
}
