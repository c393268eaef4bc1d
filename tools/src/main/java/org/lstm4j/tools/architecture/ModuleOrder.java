// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.InputOption;
import org.lstm4j.tools.ReadOption;
import org.lstm4j.tools.architecture.ChainSearch.Order;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * Decides in which order data flows through the modules: the user's, else the file's if its
 * container keeps one and the shapes fit, else the only one whose shapes fit.
 */
final class ModuleOrder {
  private static final int MOST_NAMED = 4;

  private final List<ModuleGroup> modules;
  private final Told told;

  private ModuleOrder(List<ModuleGroup> modules, Told told) {
    this.modules = modules;
    this.told = told;
  }

  /**
   * All modules as the steps of a network.
   *
   * @param modules in the file's order
   * @param keepsModuleOrder whether that order means anything
   * @param assumptions what is assumed is added here
   * @throws Refusal if no order fits, or several do
   */
  static List<Step> choose(
      List<ModuleGroup> modules,
      boolean keepsModuleOrder,
      Told told,
      List<Assumption> assumptions) {
    ModuleOrder order = new ModuleOrder(modules, told);
    return told.options().order().isEmpty()
        ? order.infer(keepsModuleOrder, assumptions)
        : order.asGiven();
  }

  private List<Step> asGiven() {
    Map<String, ModuleGroup> left = new LinkedHashMap<>();
    modules.forEach(module -> left.put(module.label(), module));
    List<ModuleGroup> ordered = new ArrayList<>();
    for (String name : told.options().order()) {
      ModuleGroup module = left.remove(name);
      Refusal.require(
          module != null,
          "has no module '%s' for --order, or --order names it twice; its modules are %s",
          name,
          names(modules));
      ordered.add(module);
    }
    Refusal.require(
        left.isEmpty(),
        "has modules that --order leaves out: %s; name them all, or leave some out with --select",
        names(List.copyOf(left.values())));
    ChainSearch.Result result = search(ordered, Order.GIVEN, readsAttention());
    Refusal.require(
        !result.chains().isEmpty(),
        "has modules that do not follow one another in this --order: %s",
        result.problem());
    return result.chains().getFirst();
  }

  private List<Step> infer(boolean keepsModuleOrder, List<Assumption> assumptions) {
    ChainSearch.Result registered = search(modules, Order.REGISTERED, readsAttention());
    if (keepsModuleOrder && !registered.chains().isEmpty()) {
      return assumed(registered, "data flows through the modules in the file's order", assumptions);
    }
    ChainSearch.Result any = search(modules, Order.ANY, readsAttention());
    Refusal.require(
        !any.chains().isEmpty(),
        "has modules that do not follow one another: %s; %s (its modules are %s)",
        (keepsModuleOrder ? registered : any).problem(),
        advice(),
        names(modules));
    return assumed(any, "data flows in the only order whose shapes fit", assumptions);
  }

  private List<Step> assumed(
      ChainSearch.Result result, String sentence, List<Assumption> assumptions) {
    Refusal.require(
        result.chains().size() == 1,
        "leaves the order of its modules open; choose with --order: %s",
        result.chains().stream().map(ModuleOrder::order).collect(Collectors.joining(" or ")));
    List<Step> steps = result.chains().getFirst();
    if (modules.size() > 1) {
      assumptions.add(Assumption.of(sentence + ": " + order(steps), "--order"));
    }
    return steps;
  }

  /** Two parts of attention that lie in one module are tried before any other reading. */
  private ChainSearch.Result search(List<ModuleGroup> ordered, Order order, boolean attention) {
    InputOption input = told.options().input().orElse(null);
    ChainSearch.Rules rules =
        new ChainSearch.Rules(
            order,
            attention,
            AttentionRule::isOfOneModule,
            input == null || input instanceof InputOption.Index,
            !(input instanceof InputOption.Index),
            told.kinds());
    ChainSearch.Result result = ChainSearch.find(ordered, rules);
    return attention && result.chains().isEmpty()
        ? ChainSearch.find(ordered, rules.withAllReadings())
        : result;
  }

  private boolean readsAttention() {
    return told.options().read().orElse(null) instanceof ReadOption.Attention;
  }

  private String advice() {
    if (told.options().read().isEmpty() && !search(modules, Order.ANY, true).chains().isEmpty()) {
      return "they do with --read attention";
    }
    List<String> parts = parts();
    return parts.isEmpty()
        ? "leave out what is no part of the network with --select"
        : "import a part alone with --select " + String.join(" or --select ", parts);
  }

  /** What recurrent modules lie in, below what all modules lie in; without what is at the root. */
  private List<String> parts() {
    List<String> names = modules.stream().map(ModuleGroup::name).toList();
    String common = names.getFirst();
    for (String name : names) {
      while (!(name + ".").startsWith(common + ".") && !common.isEmpty()) {
        common = common.substring(0, Math.max(0, common.lastIndexOf('.')));
      }
    }
    int begin = common.isEmpty() ? 0 : common.length() + 1;
    return modules.stream()
        .filter(ModuleGroup.Recurrent.class::isInstance)
        .map(ModuleGroup::name)
        .filter(name -> name.length() > begin)
        .map(name -> name.substring(0, (name + ".").indexOf('.', begin)))
        .distinct()
        .limit(MOST_NAMED)
        .toList();
  }

  private static String names(List<ModuleGroup> modules) {
    return modules.stream().map(ModuleGroup::label).collect(Collectors.joining(", "));
  }

  private static String order(List<Step> steps) {
    return steps.stream().flatMap(Step::labels).collect(Collectors.joining(","));
  }
}
