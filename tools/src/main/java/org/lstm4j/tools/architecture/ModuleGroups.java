// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    Optional<ModuleGroup.Matrix> matrix =
        recurrent.isEmpty() ? matrix(module, others) : Optional.empty();
    if (matrix.isPresent()) {
      groups.add(matrix.get());
    } else {
      others.forEach(tensor -> groups.add(new ModuleGroup.Loose(tensor)));
    }
  }

  /** The matrix that a module is, if it has a two-dimensional weight and no more than a bias. */
  private static Optional<ModuleGroup.Matrix> matrix(String module, List<NamedTensor> members) {
    Map<String, NamedTensor> byParameter = new LinkedHashMap<>();
    members.forEach(tensor -> byParameter.put(tensor.parameter(), tensor));
    NamedTensor weight = byParameter.remove("weight");
    Optional<NamedTensor> bias = Optional.ofNullable(byParameter.remove("bias"));
    if (weight == null || weight.dimensions() != 2 || !byParameter.isEmpty()) {
      return Optional.empty();
    }
    long rows = weight.shape().get(0);
    long columns = weight.shape().get(1);
    Refusal.require(
        0 < rows && rows <= Integer.MAX_VALUE && 0 < columns && columns <= Integer.MAX_VALUE,
        "has %s, which no layer can have",
        weight);
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
