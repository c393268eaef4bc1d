// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;

/** Turns the parts of a chain into layers, and names their tensors. Used once. */
final class Assembly {
  private final List<Layer> layers = new ArrayList<>();
  private final Map<String, StoredTensor> weights = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  /**
   * The layers of a chain.
   *
   * @throws Refusal if a part alone is no layer
   */
  Assembly(Chain chain) {
    for (Part part : stacked(Chain.parts(chain))) {
      add(part);
    }
  }

  List<Layer> layers() {
    return layers;
  }

  /** The tensor of each parameter of the layers. */
  Map<String, StoredTensor> weights() {
    return weights;
  }

  /** Exporters write a recurrent module of several layers as one operator for each of them. */
  private static List<Part> stacked(List<Part> parts) {
    List<Part> stacked = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Part.Recurrent upper
          && !stacked.isEmpty()
          && stacked.getLast() instanceof Part.Recurrent lower
          && lower.kind().equals(upper.kind())
          && lower.name().equals(upper.name())
          && lower.states().equals(upper.states())) {
        List<Map<String, StoredTensor>> weights = new ArrayList<>(lower.weights());
        weights.addAll(upper.weights());
        stacked.set(
            stacked.size() - 1,
            new Part.Recurrent(
                lower.name(), lower.kind(), lower.inputSize(), lower.states(), weights));
      } else {
        stacked.add(part);
      }
    }
    return stacked;
  }

  private void add(Part part) {
    switch (part) {
      case Part.Plain(Layer layer) -> layers.add(layer);
      case Part.Dense dense -> add(dense);
      case Part.Table table -> add(table);
      case Part.Recurrent recurrent -> add(recurrent);
      case Part.FinalHidden(int size, boolean bidirectional) ->
          layers.add(bidirectional ? new Layer.ReadFinal(size) : new Layer.ReadLast(size));
      case Part.FirstStep _ ->
          throw new Refusal(
              "reads the first time step, which lstm4j can only for the backward direction, with"
                  + " the last one of the forward direction");
    }
  }

  private void add(Part.Dense dense) {
    String name = unique(dense.name(), "linear");
    long[] shape = dense.weight().shape();
    layers.add(new Layer.Linear(name, (int) shape[1], (int) shape[0], dense.bias() != null));
    weights.put(name + ".weight", dense.weight());
    if (dense.bias() != null) {
      weights.put(name + ".bias", dense.bias());
    }
  }

  private void add(Part.Table table) {
    String name = unique(table.name(), "embedding");
    long[] shape = table.weight().shape();
    layers.add(new Layer.Embedding(name, (int) shape[0], (int) shape[1]));
    weights.put(name + ".weight", table.weight());
  }

  private void add(Part.Recurrent recurrent) {
    RecurrentKind kind = recurrent.kind();
    String name = unique(recurrent.name(), kind.defaultName());
    Layer.Recurrent layer =
        kind.layer(name, recurrent.inputSize(), recurrent.weights().size() / kind.directions());
    layers.add(layer);
    for (int i = 0; i < recurrent.weights().size(); i++) {
      int row = i / kind.directions();
      int direction = i % kind.directions();
      recurrent
          .weights()
          .get(i)
          .forEach(
              (tensor, stored) -> weights.put(layer.parameterName(tensor, row, direction), stored));
    }
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
