// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Parameter;

/** Checks that a table has every tensor that is needed, in its shape, and no other. */
final class TensorClaims {
  private final TensorTable table;
  private final Set<String> claimed = new HashSet<>();

  private TensorClaims(TensorTable table) {
    this.table = table;
  }

  /** The tensors needed are these. */
  static void check(List<Parameter> parameters, TensorTable table) {
    TensorClaims claims = new TensorClaims(table);
    for (Parameter parameter : parameters) {
      claims.claim(parameter);
    }
    claims.requireNoneLeft();
  }

  /** The tensors needed are the parameters of these layers, which come from a file. */
  static void checkLayers(List<Layer> layers, TensorTable table) {
    TensorClaims claims = new TensorClaims(table);
    for (Layer layer : layers) {
      claims.claim(layer);
    }
    claims.requireNoneLeft();
  }

  private void claim(Layer layer) {
    if (layer instanceof Layer.Recurrent recurrent) {
      requireStack(recurrent);
    }
    for (Parameter parameter : layer.parameters()) {
      claim(parameter);
    }
  }

  /** A hostile num_layers must not make a list of that length. */
  private void requireStack(Layer.Recurrent recurrent) {
    for (int layer = 0; layer < recurrent.numLayers(); layer++) {
      requireUnclaimed(recurrent.parameterName("weight_hh", layer, 0));
    }
  }

  private void claim(Parameter parameter) {
    TableEntry entry = requireUnclaimed(parameter.name());
    require(
        entry.shape().equals(parameter.shape()),
        "tensor %s has shape %s, but %s is needed",
        parameter.name(),
        entry.shape(),
        parameter.shape());
    claimed.add(parameter.name());
  }

  private TableEntry requireUnclaimed(String name) {
    TableEntry entry = table.get(name);
    require(entry != null, "tensor %s is missing", name);
    require(!claimed.contains(name), "tensor %s is needed twice", name);
    return entry;
  }

  private void requireNoneLeft() {
    for (TableEntry entry : table.entries()) {
      require(claimed.contains(entry.name()), "tensor %s is not needed by any layer", entry.name());
    }
  }
}
