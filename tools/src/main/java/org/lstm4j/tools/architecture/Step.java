// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.lstm4j.engine.Layer;

/**
 * One module group, or the two of attention, as one layer of the network.
 *
 * @param layer what they become
 * @param groups in the order in which data flows
 */
record Step(Layer layer, List<ModuleGroup> groups) {
  static Step of(Layer layer, ModuleGroup group) {
    return new Step(layer, List.of(group));
  }

  /** The last of the steps that is recurrent; every network has one. */
  static Step lastRecurrent(List<Step> steps) {
    return steps.reversed().stream()
        .filter(step -> step.layer() instanceof Layer.Recurrent)
        .findFirst()
        .orElseThrow();
  }

  /** The groups' names as options and messages have them. */
  Stream<String> labels() {
    return groups.stream().map(ModuleGroup::label);
  }

  /** The tensor of each of the layer's parameters, by the parameter's name. */
  Map<String, NamedTensor> tensors() {
    Map<String, NamedTensor> tensors = new HashMap<>();
    for (ModuleGroup group : groups) {
      for (NamedTensor tensor : group.tensors()) {
        // A parameter that scores time steps on its own is read as the weight of a Linear.
        String parameter =
            group instanceof ModuleGroup.Loose ? group.name() + ".weight" : tensor.name();
        tensors.put(parameter, tensor);
      }
    }
    return tensors;
  }
}
