// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.LayerKind;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * What is known of a network besides its tensors: from the user, whose word counts more, and from
 * modules that were saved as objects.
 */
record Told(ImportOptions options, SavedModules saved) {
  /** What matrices without bias are, by label. */
  Map<String, LayerKind> kinds() {
    Map<String, LayerKind> kinds = new HashMap<>(saved.kinds());
    kinds.putAll(options.layers());
    return kinds;
  }

  /** The functions applied after a module, in their order. */
  List<ActivationFunction> activations(String label) {
    Optional<ActivationFunction> given = options.activations().get(label);
    if (given != null) {
      return given.stream().toList();
    }
    return saved.applied().stream()
        .filter(applied -> applied.after().equals(label))
        .flatMap(applied -> applied.function().stream())
        .toList();
  }

  /** Whether the batch comes first, if that is known. */
  Optional<Boolean> batchFirst() {
    return options.batchFirst() ? Optional.of(true) : saved.batchFirst();
  }

  /** What an RNN applies, if that is known. */
  Optional<ActivationFunction> nonlinearity(String label) {
    return options.nonlinearity().or(() -> saved.nonlinearity(label));
  }

  /**
   * The modules with the nonlinearities of RNNs.
   *
   * @throws Refusal if the user gives one and there is no RNN
   */
  List<ModuleGroup> complete(List<ModuleGroup> modules) {
    List<ModuleGroup> complete = new ArrayList<>();
    boolean any = false;
    for (ModuleGroup module : modules) {
      if (module instanceof ModuleGroup.Recurrent(Layer.Rnn rnn, List<NamedTensor> tensors)) {
        any = true;
        ActivationFunction function = nonlinearity(module.label()).orElse(rnn.nonlinearity());
        complete.add(new ModuleGroup.Recurrent(with(rnn, function), tensors));
      } else {
        complete.add(module);
      }
    }
    Refusal.require(
        any || options.nonlinearity().isEmpty(),
        "has no RNN in the selected part for --nonlinearity; leave that out");
    return complete;
  }

  private static Layer.Rnn with(Layer.Rnn rnn, ActivationFunction nonlinearity) {
    return new Layer.Rnn(
        rnn.name(),
        rnn.inputSize(),
        rnn.hiddenSize(),
        rnn.numLayers(),
        rnn.bias(),
        rnn.bidirectional(),
        rnn.cell(),
        nonlinearity);
  }
}
