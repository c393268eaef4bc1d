// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lstm4j.engine.Layer;

/**
 * Recognises by their shapes the modules that score time steps for attention pooling over H
 * features: dot product, v . h_t with v of H elements; or additive, v . tanh(W h_t + b) with W a
 * Linear from H to A features and v of A elements. v may be a Linear with one output or a parameter
 * of shape [A], [1, A] or [A, 1].
 */
final class AttentionRule {
  private AttentionRule() {}

  /**
   * All readings of modules as attention.
   *
   * @param size H
   * @param modules those to choose from
   */
  static List<Step> readings(int size, List<ModuleGroup> modules) {
    List<Step> readings = new ArrayList<>();
    for (ModuleGroup module : modules) {
      score(module, size)
          .map(score -> Step.of(new Layer.AttentionOverTime(size, null, score), module))
          .ifPresent(readings::add);
    }
    for (ModuleGroup hidden : modules) {
      if (hidden instanceof ModuleGroup.Matrix matrix && matrix.columns() == size) {
        for (ModuleGroup score : modules) {
          if (!score.equals(hidden)) {
            additive(size, matrix, score).ifPresent(readings::add);
          }
        }
      }
    }
    return readings;
  }

  /**
   * Whether a reading's modules lie in one module of their own: attn.W and attn.v. Then nothing
   * else is meant, whatever else the shapes allow.
   */
  static boolean isOfOneModule(Step reading) {
    List<String> parents =
        reading.groups().stream()
            .map(ModuleGroup::name)
            .map(AttentionRule::parent)
            .distinct()
            .toList();
    return reading.groups().size() > 1 && parents.size() == 1 && !parents.getFirst().isEmpty();
  }

  private static String parent(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  private static Optional<Step> additive(int size, ModuleGroup.Matrix hidden, ModuleGroup vector) {
    Layer.Linear linear =
        new Layer.Linear(hidden.name(), size, hidden.rows(), hidden.bias().isPresent());
    return score(vector, hidden.rows())
        .map(score ->
            new Step(new Layer.AttentionOverTime(size, linear, score), List.of(hidden, vector)));
  }

  /** The Linear with one output that a module is, or can be reshaped to. */
  private static Optional<Layer.Linear> score(ModuleGroup module, int features) {
    boolean bias = module instanceof ModuleGroup.Matrix matrix && matrix.bias().isPresent();
    List<Long> row = List.of(1L, (long) features);
    List<Long> column = List.of((long) features, 1L);
    boolean fits =
        switch (module) {
          case ModuleGroup.Recurrent _, ModuleGroup.Norm _ -> false;
          case ModuleGroup.Matrix matrix -> {
            List<Long> shape = matrix.weight().shape();
            yield shape.equals(row) || (shape.equals(column) && !bias);
          }
          case ModuleGroup.Loose(NamedTensor tensor) ->
              List.of(row, column, List.of((long) features)).contains(tensor.shape());
        };
    return fits
        ? Optional.of(new Layer.Linear(module.name(), features, 1, bias))
        : Optional.empty();
  }
}
