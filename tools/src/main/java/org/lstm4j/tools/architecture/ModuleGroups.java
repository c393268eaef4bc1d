// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.checkpoint.Refusal;

/** Groups tensors by module, in the order in which the modules first appear. */
final class ModuleGroups {
  private ModuleGroups() {}

  /**
   * The groups of all tensors.
   *
   * @throws Refusal if a module is incomplete
   */
  static List<ModuleGroup> of(List<NamedTensor> tensors) {
    Map<String, List<NamedTensor>> modules = new LinkedHashMap<>();
    for (NamedTensor tensor : tensors) {
      modules.computeIfAbsent(tensor.module(), _ -> new ArrayList<>()).add(tensor);
    }
    List<ModuleGroup> groups = new ArrayList<>();
    modules.forEach((module, members) -> addGroups(module, members, groups));
    return groups;
  }

  private static void addGroups(
      String module, List<NamedTensor> members, List<ModuleGroup> groups) {
    List<NamedTensor> recurrent = members.stream().filter(RecurrentName::matches).toList();
    List<NamedTensor> others =
        members.stream().filter(tensor -> !RecurrentName.matches(tensor)).toList();
    if (!recurrent.isEmpty()) {
      groups.add(RecurrentRule.read(module, recurrent));
    }
    Optional<? extends ModuleGroup> whole =
        recurrent.isEmpty()
            ? matrix(module, others)
                .<ModuleGroup>map(matrix -> matrix)
                .or(() -> norm(module, others))
            : Optional.empty();
    if (whole.isPresent()) {
      groups.add(whole.get());
    } else {
      others.forEach(tensor -> groups.add(new ModuleGroup.Loose(tensor)));
    }
  }

  /** The layer norm that a module is, if it has a weight and a bias of one size and no more. */
  private static Optional<ModuleGroup.Norm> norm(String module, List<NamedTensor> members) {
    Map<String, NamedTensor> byParameter = byParameter(members);
    NamedTensor weight = byParameter.get("weight");
    NamedTensor bias = byParameter.get("bias");
    boolean pair =
        members.size() == 2
            && weight != null
            && bias != null
            && weight.dimensions() == 1
            && weight.shape().equals(bias.shape());
    return pair && isSize(weight.shape().getFirst())
        ? Optional.of(
            new ModuleGroup.Norm(
                Layer.LayerNorm.of(module, Math.toIntExact(weight.shape().getFirst())),
                List.of(weight, bias)))
        : Optional.empty();
  }

  private static Map<String, NamedTensor> byParameter(List<NamedTensor> members) {
    Map<String, NamedTensor> byParameter = new LinkedHashMap<>();
    members.forEach(tensor -> byParameter.put(tensor.parameter(), tensor));
    return byParameter;
  }

  private static boolean isSize(long size) {
    return 0 < size && size <= Integer.MAX_VALUE;
  }

  /** The matrix that a module is, if it has a two-dimensional weight and no more than a bias. */
  private static Optional<ModuleGroup.Matrix> matrix(String module, List<NamedTensor> members) {
    Map<String, NamedTensor> byParameter = byParameter(members);
    NamedTensor weight = byParameter.remove("weight");
    Optional<NamedTensor> bias = Optional.ofNullable(byParameter.remove("bias"));
    if (weight == null || weight.dimensions() != 2 || !byParameter.isEmpty()) {
      return Optional.empty();
    }
    long rows = weight.shape().get(0);
    long columns = weight.shape().get(1);
    Refusal.require(isSize(rows) && isSize(columns), "has %s, which no layer can have", weight);
    bias.ifPresent(tensor ->
        Refusal.require(
            tensor.shape().equals(List.of(rows)),
            "has %s, where %s needs a bias of shape [%d]; the file is damaged",
            tensor,
            weight,
            rows));
    return Optional.of(new ModuleGroup.Matrix(module, (int) rows, (int) columns, weight, bias));
  }

  /**
   * Checks that no module is a batch norm, which else looks like a layer norm and something more.
   *
   * @throws Refusal if one is
   */
  static void requireNoBatchNorm(List<NamedTensor> tensors) {
    TreeSet<String> norms =
        tensors.stream()
            .filter(tensor -> tensor.parameter().equals("running_mean"))
            .map(NamedTensor::module)
            .map(module -> module.isEmpty() ? "." : module)
            .collect(Collectors.toCollection(TreeSet::new));
    Refusal.require(
        norms.isEmpty(),
        "has batch norms, which lstm4j does not have: %s; import a part without them with --select,"
            + " or fold each into the Linear before or behind it",
        String.join(", ", norms));
  }

  /**
   * Checks that a tensor can be a weight.
   *
   * @throws Refusal if it cannot
   */
  static void requireFloatingPoint(NamedTensor tensor) {
    Refusal.require(
        tensor.stored().dtype().isFloatingPoint(),
        "stores %s as %s, but weights are floating-point numbers; leave it out with --select, or"
            + " save without it",
        tensor,
        tensor.stored().dtype());
  }
}
