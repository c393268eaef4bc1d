// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * Finds the network's tensors among all that a checkpoint holds: training scripts nest the state
 * dict beside other things, and wrappers put prefixes before its names.
 */
final class StateDict {
  /** What torch.nn.DataParallel and torch.compile put before every name. */
  private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.");

  private static final int MOST_NAMED = 8;

  private final Map<String, List<NamedTensor>> dicts = new LinkedHashMap<>();
  private final List<Assumption> assumptions;
  private final String notes;

  private StateDict(Checkpoint checkpoint, List<Assumption> assumptions) {
    this.assumptions = assumptions;
    this.notes =
        checkpoint.notes().stream().map(note -> " (" + note + ")").collect(Collectors.joining());
    for (StoredTensor tensor : checkpoint.tensors()) {
      dicts
          .computeIfAbsent(tensor.dict(), _ -> new ArrayList<>())
          .add(new NamedTensor(tensor.name(), tensor));
    }
  }

  /**
   * The network's tensors in the file's order.
   *
   * @param select the user's choice, of a dict or a module
   * @param assumptions what is assumed is added here
   * @throws Refusal if there are none, or several dicts to choose from
   */
  static List<NamedTensor> find(
      Checkpoint checkpoint, Optional<String> select, List<Assumption> assumptions) {
    StateDict search = new StateDict(checkpoint, assumptions);
    Refusal.require(
        !checkpoint.tensors().isEmpty(),
        "holds no tensors%s; save the weights with torch.save(model.state_dict(), PATH)",
        search.notes);
    List<NamedTensor> found =
        select.isPresent() ? search.selected(select.get()) : search.onlyNetwork();
    return requireDistinct(search.withoutWrapper(found));
  }

  /** Keys with dots can collide with nested keys. */
  private static List<NamedTensor> requireDistinct(List<NamedTensor> tensors) {
    Set<String> names = new HashSet<>();
    for (NamedTensor tensor : tensors) {
      Refusal.require(
          names.add(tensor.name()),
          "holds two tensors named %s; --select the dict with the right one",
          tensor.name());
    }
    return tensors;
  }

  /** Tensors below a dict, or below a module of one dict. */
  private List<NamedTensor> selected(String select) {
    String prefix = select + ".";
    List<NamedTensor> below = new ArrayList<>();
    dicts.values().forEach(dict -> addBelow(prefix, dict, true, below));
    if (!below.isEmpty()) {
      return below;
    }
    List<List<NamedTensor>> matches = new ArrayList<>();
    for (List<NamedTensor> dict : dicts.values()) {
      List<NamedTensor> modules = new ArrayList<>();
      addBelow(prefix, unwrapped(dict).orElse(dict), false, modules);
      if (!modules.isEmpty()) {
        matches.add(modules);
      }
    }
    Refusal.require(
        !matches.isEmpty(), "has no tensor below '%s'; --select one of %s", select, prefixes());
    Refusal.require(
        matches.size() == 1,
        "has '%s' in several dicts (%s); put the dict's name and a dot before it in --select",
        select,
        names(dicts.keySet()));
    return matches.getFirst();
  }

  private static void addBelow(
      String prefix, List<NamedTensor> from, boolean byPath, List<NamedTensor> below) {
    for (NamedTensor tensor : from) {
      String name = byPath ? tensor.stored().path() : tensor.name();
      if (name.startsWith(prefix)) {
        below.add(new NamedTensor(name.substring(prefix.length()), tensor.stored()));
      }
    }
  }

  /**
   * The tensors of the only dict with a recurrent layer, if nothing else in the file could be
   * meant.
   */
  private List<NamedTensor> onlyNetwork() {
    List<String> candidates =
        dicts.keySet().stream()
            .filter(dict -> dicts.get(dict).stream().anyMatch(RecurrentName::matches))
            .toList();
    Refusal.require(
        !candidates.isEmpty(),
        "has no LSTM, GRU or RNN: none of its tensors is named like weight_ih_l0 or weight_hh_l0;"
            + " it has %s%s",
        names(dicts.values().stream().flatMap(List::stream).map(NamedTensor::name).toList()),
        notes);
    Refusal.require(
        candidates.size() == 1, "holds several networks; --select one of %s", names(candidates));
    String chosen = candidates.getFirst();
    if (dicts.size() > 1) {
      leaveOthers(chosen);
    }
    if (!chosen.isEmpty()) {
      assumptions.add(
          Assumption.of("the weights are those under '%s'".formatted(chosen), "--select"));
    }
    return dicts.get(chosen);
  }

  /**
   * Scalars are losses and counters, integers the states of random generators; anything else may be
   * a part of the network.
   */
  private void leaveOthers(String chosen) {
    List<String> aside = new ArrayList<>();
    List<String> unclear = new ArrayList<>();
    for (Map.Entry<String, List<NamedTensor>> dict : dicts.entrySet()) {
      if (!dict.getKey().equals(chosen)) {
        for (NamedTensor tensor : dict.getValue()) {
          boolean weight = tensor.dimensions() > 0 && tensor.stored().dtype().isFloatingPoint();
          (weight ? unclear : aside).add(tensor.stored().path());
        }
      }
    }
    Refusal.require(
        unclear.isEmpty(),
        "has a recurrent layer in %s and other tensors elsewhere that may belong to it (%s);"
            + " --select one of %s",
        names(List.of(chosen)),
        names(unclear),
        prefixes());
    assumptions.add(
        Assumption.of("left aside as no part of the network: " + names(aside), "--select"));
  }

  private List<NamedTensor> withoutWrapper(List<NamedTensor> tensors) {
    List<NamedTensor> result = tensors;
    for (Optional<List<NamedTensor>> next = unwrapped(result);
        next.isPresent();
        next = unwrapped(result)) {
      String name = result.getFirst().name();
      assumptions.add(
          Assumption.of(
              "the prefix '%s' of all names comes from a wrapper and is left out"
                  .formatted(name.substring(0, name.indexOf('.') + 1))));
      result = next.get();
    }
    return result;
  }

  /** The tensors without the wrapper's prefix, if all of them have it. */
  private static Optional<List<NamedTensor>> unwrapped(List<NamedTensor> tensors) {
    return WRAPPERS.stream()
        .filter(prefix -> tensors.stream().allMatch(tensor -> tensor.name().startsWith(prefix)))
        .findFirst()
        .map(prefix -> {
          List<NamedTensor> below = new ArrayList<>();
          addBelow(prefix, tensors, false, below);
          return below;
        });
  }

  /** What could be given to --select: dicts, and the first parts of names. */
  private String prefixes() {
    Set<String> prefixes = new TreeSet<>();
    dicts.forEach((dict, tensors) -> {
      if (dict.isEmpty() || dicts.size() == 1) {
        tensors.stream()
            .map(NamedTensor::name)
            .filter(name -> name.contains("."))
            .forEach(name -> prefixes.add(name.substring(0, name.indexOf('.'))));
      }
      if (!dict.isEmpty()) {
        prefixes.add(dict);
      }
    });
    return names(prefixes);
  }

  private static String names(Iterable<String> names) {
    List<String> list = new ArrayList<>();
    names.forEach(name -> list.add(name.isEmpty() ? "the outermost dict" : name));
    String text = String.join(", ", list.subList(0, Math.min(MOST_NAMED, list.size())));
    return list.size() > MOST_NAMED ? text + " and others" : text;
  }
}
