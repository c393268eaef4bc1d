// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.InitialStateOption;
import org.lstm4j.tools.checkpoint.LearnedState;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * Finds the parameters that recurrent layers start from: those the user names, else those with a
 * plain name (h0, init_c, ...) whose shape fits one recurrent layer and no other. A parameter that
 * is not taken stays what it was, and is refused as one of no layer.
 */
final class InitialStates {
  // What is left of a name without underscores, in lower case.
  private static final Pattern H = name("h|hx|hidden|hiddenstate");
  private static final Pattern C = name("c|cx|cell|cellstate");

  private final List<ModuleGroup> left;
  private final List<Assumption> assumptions = new ArrayList<>();
  private final Map<String, LearnedState> states = new HashMap<>();

  private InitialStates(List<ModuleGroup> modules) {
    left = new ArrayList<>(modules);
  }

  private static Pattern name(String kind) {
    return Pattern.compile(
        "(learned|learnable)?((%s)(0|init|initial)|(init|initial)(%s)0?)(param|parameter)?"
            .formatted(kind, kind));
  }

  /**
   * What recurrent layers start from.
   *
   * @param left the groups that are no such state
   * @param states by the layers' names
   */
  record Found(
      List<ModuleGroup> left, Map<String, LearnedState> states, List<Assumption> assumptions) {}

  /**
   * Takes the states out of a network's groups.
   *
   * @throws Refusal if the user names what is not there or does not fit
   */
  static Found take(List<ModuleGroup> modules, Optional<InitialStateOption> option) {
    InitialStates states = new InitialStates(modules);
    switch (option.orElse(null)) {
      case null -> states.takePlain();
      case InitialStateOption.Zeros _ -> states.leaveOut();
      case InitialStateOption.Learned(Map<String, List<String>> tensors) ->
          tensors.forEach(states::takeNamed);
    }
    return new Found(states.left, states.states, states.assumptions);
  }

  private void leaveOut() {
    int before = left.size();
    left.removeIf(group -> isNamed(group, H) || isNamed(group, C));
    Refusal.require(
        left.size() < before,
        "has no parameter named like an initial state (h0, c0) for --initial-state zeros; leave"
            + " that out, since states start from zeros");
  }

  private void takeNamed(String label, List<String> names) {
    Layer.Recurrent layer =
        recurrents()
            .filter(recurrent -> recurrent.label().equals(label))
            .findFirst()
            .map(ModuleGroup.Recurrent::layer)
            .orElseThrow(() ->
                new Refusal(
                    "has no recurrent module '%s' for --initial-state; there is %s",
                    label, recurrents().map(ModuleGroup::label).collect(Collectors.joining(", "))));
    int count = layer.hasCellState() ? 2 : 1;
    Refusal.require(
        names.size() == count,
        "needs %d name(s) for the initial state of '%s', not %d; --initial-state takes %s",
        count,
        label,
        names.size(),
        layer.hasCellState() ? "LAYER=H,C" : "LAYER=H");
    List<ModuleGroup.Loose> parts = names.stream().map(this::loose).toList();
    Refusal.require(
        fits(layer, parts),
        "has %s, which is no initial state of '%s'; it needs h of %s%s",
        parts.stream().map(part -> part.tensor().toString()).collect(Collectors.joining(", ")),
        label,
        shape(layer, layer.hiddenOutputSize()),
        layer.hasCellState() ? " and c of " + shape(layer, layer.hiddenSize()) : "");
    put(layer, parts);
  }

  private ModuleGroup.Loose loose(String name) {
    return left.stream()
        .filter(ModuleGroup.Loose.class::isInstance)
        .map(ModuleGroup.Loose.class::cast)
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new Refusal(
                "has no parameter '%s' of its own for --initial-state; correct the name", name));
  }

  private void takePlain() {
    List<String> modules =
        left.stream()
            .filter(ModuleGroup.Loose.class::isInstance)
            .map(group -> group.tensors().getFirst().module())
            .distinct()
            .toList();
    modules.forEach(this::takePlain);
  }

  /** The states that a module holds for itself or for one recurrent module in it. */
  private void takePlain(String module) {
    String below = module.isEmpty() ? "" : module + ".";
    List<ModuleGroup.Loose> parts = new ArrayList<>(named(H, module));
    List<ModuleGroup.Loose> cells = named(C, module);
    if (parts.size() != 1 || cells.size() > 1) {
      return;
    }
    parts.addAll(cells);
    List<Layer.Recurrent> fitting =
        recurrents()
            .filter(recurrent -> (recurrent.name() + ".").startsWith(below))
            .map(ModuleGroup.Recurrent::layer)
            .filter(layer -> fits(layer, parts))
            .toList();
    if (fitting.size() == 1) {
      Layer.Recurrent layer = fitting.getFirst();
      put(layer, parts);
      assumptions.add(
          Assumption.of(
              "'%s' starts from the learned state %s"
                  .formatted(
                      layer.name().isEmpty() ? "." : layer.name(),
                      parts.stream()
                          .map(part -> "'" + part.name() + "'")
                          .collect(Collectors.joining(", "))),
              "--initial-state zeros"));
    }
  }

  private List<ModuleGroup.Loose> named(Pattern kind, String module) {
    return left.stream()
        .filter(group -> isNamed(group, kind))
        .map(ModuleGroup.Loose.class::cast)
        .filter(parameter -> parameter.tensor().module().equals(module))
        .toList();
  }

  private static boolean isNamed(ModuleGroup group, Pattern kind) {
    return group instanceof ModuleGroup.Loose(NamedTensor tensor)
        && kind.matcher(tensor.parameter().toLowerCase(Locale.ROOT).replace("_", "")).matches();
  }

  private Stream<ModuleGroup.Recurrent> recurrents() {
    return left.stream()
        .filter(ModuleGroup.Recurrent.class::isInstance)
        .map(ModuleGroup.Recurrent.class::cast);
  }

  private static boolean fits(Layer.Recurrent layer, List<ModuleGroup.Loose> parts) {
    return parts.size() == (layer.hasCellState() ? 2 : 1)
        && fits(layer, parts.getFirst(), layer.hiddenOutputSize())
        && (!layer.hasCellState() || fits(layer, parts.getLast(), layer.hiddenSize()));
  }

  /** [layers * directions, 1, features], each of the first two left out where it is one. */
  private static boolean fits(Layer.Recurrent layer, ModuleGroup.Loose part, int features) {
    List<Long> shape = part.tensor().shape();
    long rows = (long) layer.numLayers() * layer.numDirections();
    return shape.equals(List.of(rows, 1L, (long) features))
        || shape.equals(List.of(rows, (long) features))
        || (rows == 1 && shape.equals(List.of((long) features)));
  }

  private static List<Long> shape(Layer.Recurrent layer, int features) {
    return List.of((long) layer.numLayers() * layer.numDirections(), 1L, (long) features);
  }

  private void put(Layer.Recurrent layer, List<ModuleGroup.Loose> parts) {
    Optional<ModuleGroup.Loose> c =
        layer.hasCellState() ? Optional.of(parts.getLast()) : Optional.empty();
    states.put(
        layer.name(),
        new LearnedState(
            parts.getFirst().tensor().stored(), c.map(part -> part.tensor().stored())));
    left.removeAll(parts);
  }
}
