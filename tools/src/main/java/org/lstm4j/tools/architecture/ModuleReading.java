// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.LayerKind;

/** What a module can be as a layer, attention aside. */
final class ModuleReading {
  private ModuleReading() {}

  /**
   * The layers that a module can be, the likelier first.
   *
   * @param first whether the module comes first in the network, as an Embedding has to
   * @param kinds what the user says that modules are
   */
  static List<Step> of(ModuleGroup module, boolean first, Map<String, LayerKind> kinds) {
    return switch (module) {
      case ModuleGroup.Recurrent recurrent -> List.of(Step.of(recurrent.layer(), recurrent));
      case ModuleGroup.Norm norm -> List.of(Step.of(norm.layer(), norm));
      case ModuleGroup.Matrix matrix -> ofMatrix(matrix, first, kinds.get(matrix.label()));
      case ModuleGroup.Loose _ -> List.of();
    };
  }

  /** A first matrix without bias is rarely a Linear. */
  private static List<Step> ofMatrix(ModuleGroup.Matrix matrix, boolean first, LayerKind kind) {
    boolean bias = matrix.bias().isPresent();
    List<Step> readings = new ArrayList<>();
    if (first && !bias && kind != LayerKind.LINEAR) {
      readings.add(
          Step.of(new Layer.Embedding(matrix.name(), matrix.rows(), matrix.columns()), matrix));
    }
    if (kind != LayerKind.EMBEDDING) {
      readings.add(
          Step.of(new Layer.Linear(matrix.name(), matrix.columns(), matrix.rows(), bias), matrix));
    }
    return readings;
  }
}
