// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.Blueprint;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.LayerKind;
import org.lstm4j.tools.ReadOption;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.LearnedState;
import org.lstm4j.tools.checkpoint.Refusal;

/** Infers a network from a checkpoint's names and shapes. */
public final class Architecture {
  private static final int MOST_NAMED = 6;

  // A recurrent network has some ten; more is another kind of file, or made to keep a search busy.
  private static final int MAX_MODULES = 200;

  private Architecture() {}

  /**
   * The network that a checkpoint holds.
   *
   * @throws Refusal if a tensor is missing, surplus or of a wrong shape, or if more than one
   *     network could be meant
   * @throws IllegalArgumentException if sizes are none that a layer can have
   */
  public static Blueprint infer(Checkpoint checkpoint, ImportOptions options) {
    List<Assumption> assumptions = new ArrayList<>();
    List<NamedTensor> tensors = StateDict.find(checkpoint, options.select(), assumptions);
    List<ModuleGroup> all = ModuleGroups.of(tensors);
    Refusal.require(
        all.size() <= MAX_MODULES,
        "has %d modules, more than the %d of any recurrent network; choose a part with --select",
        all.size(),
        MAX_MODULES);
    InitialStates.Found initial = InitialStates.take(all, options.initialState());
    List<ModuleGroup> groups = initial.left();
    ReadOption read = options.read().orElse(new ReadOption.All());
    SavedModules saved = SavedModules.of(checkpoint, tensors, groups, options);
    saved.requireRunnable();
    ModuleGroups.requireNoBatchNorm(tensors);
    tensors.forEach(ModuleGroups::requireFloatingPoint);
    Told told = new Told(options, saved);
    List<ModuleGroup> modules = told.complete(groups);
    requireRecurrent(modules);
    requireKnown(modules, read);
    requireModules("--activation", options.activations().keySet(), modules);
    requireModules("--layers", options.layers().keySet(), modules);
    requireChoice(modules, told);
    saved.requirePlaced();
    List<Step> steps =
        ModuleOrder.choose(modules, checkpoint.keepsModuleOrder(), told, assumptions);
    assumptions.addAll(Unsaid.of(steps, told));
    assumptions.addAll(initial.assumptions());
    List<Layer> layers = LayerList.of(steps, told);
    Map<String, StoredTensor> weights = weights(steps);
    weights.putAll(LearnedState.named(initial.states()));
    return new Blueprint(
        layers,
        weights,
        told.batchFirst().orElse(false),
        LearnedState.stateOf(layers, initial.states()),
        assumptions);
  }

  private static void requireRecurrent(List<ModuleGroup> modules) {
    Refusal.require(
        modules.stream().anyMatch(ModuleGroup.Recurrent.class::isInstance),
        "has no LSTM, GRU or RNN in the selected part, which has %s; choose another with --select",
        names(modules));
  }

  /** A parameter alone means something only to attention. */
  private static void requireKnown(List<ModuleGroup> modules, ReadOption read) {
    List<ModuleGroup> loose = modules.stream().filter(ModuleGroup.Loose.class::isInstance).toList();
    boolean attention = read instanceof ReadOption.Attention;
    Refusal.require(
        loose.isEmpty() || attention,
        "has tensors of no layer that lstm4j knows (LSTM, GRU, RNN, their cells, Linear, Embedding,"
            + " LayerNorm, and with --read attention its scores): %s; name learned initial states"
            + " with --initial-state, or leave tensors out with --select%s",
        loose.stream()
            .limit(MOST_NAMED)
            .map(module -> module.tensors().getFirst().toString())
            .collect(Collectors.joining(", ", "", loose.size() > MOST_NAMED ? " and others" : "")),
        recurrentToSelect(modules));
  }

  private static String recurrentToSelect(List<ModuleGroup> modules) {
    return modules.stream()
        .filter(ModuleGroup.Recurrent.class::isInstance)
        .map(ModuleGroup::label)
        .limit(MOST_NAMED)
        .collect(Collectors.joining(", ", ", for example ", ""));
  }

  private static void requireModules(String option, Set<String> named, List<ModuleGroup> modules) {
    Set<String> known = modules.stream().map(ModuleGroup::label).collect(Collectors.toSet());
    for (String name : named) {
      Refusal.require(
          known.contains(name),
          "has no module '%s' for %s; its modules are %s",
          name,
          option,
          names(modules));
    }
  }

  private static void requireChoice(List<ModuleGroup> modules, Told told) {
    for (ModuleGroup module : modules) {
      LayerKind kind = told.options().layers().get(module.label());
      boolean choice =
          module instanceof ModuleGroup.Matrix matrix
              && matrix.bias().isEmpty()
              && !told.saved().kinds().containsKey(module.label());
      Refusal.require(
          kind == null || choice,
          "leaves no choice of what '%s' is; --layers is for matrices without bias that no saved"
              + " module names",
          module.label());
    }
  }

  private static Map<String, StoredTensor> weights(List<Step> steps) {
    Map<String, StoredTensor> weights = new HashMap<>();
    for (Step step : steps) {
      step.tensors().forEach((parameter, tensor) -> weights.put(parameter, tensor.stored()));
    }
    return weights;
  }

  private static String names(List<ModuleGroup> modules) {
    return modules.stream().map(ModuleGroup::label).collect(Collectors.joining(", "));
  }
}
