// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.onnx.OnnxModel;
import org.lstm4j.tools.checkpoint.onnx.OnnxNode;

/**
 * The nodes to import, and those that they depend on.
 *
 * @param needed in the graph's order: the imported ones, and all that they depend on
 * @param imported those whose meaning matters; the others only matter as far as they are constant
 * @param outputs the names of what the imported ones give to the rest of the graph, or to its user
 */
record Selection(List<OnnxNode> needed, Set<OnnxNode> imported, List<String> outputs) {
  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");
  private static final Pattern BOUNDARY = Pattern.compile("[/._:]");

  /**
   * The nodes to import.
   *
   * @param select the user's choice: names or beginnings of names of nodes, separated by commas;
   *     what lies between them is imported too. Empty for all that the graph's outputs need
   * @throws Refusal if no node is called so
   */
  static Selection of(OnnxModel model, Optional<String> select) {
    if (select.isEmpty()) {
      List<OnnxNode> needed = needed(model.nodes(), new HashSet<>(model.outputs()));
      return new Selection(needed, new HashSet<>(needed), model.outputs());
    }
    Set<OnnxNode> chosen = between(model.nodes(), named(model.nodes(), select.get()));
    Set<String> given = new HashSet<>();
    chosen.forEach(node -> given.addAll(node.outputs()));
    List<OnnxNode> needed = needed(model.nodes(), given);
    return new Selection(needed, chosen, outputs(model, chosen));
  }

  /** The nodes that some tensors depend on. */
  private static List<OnnxNode> needed(List<OnnxNode> nodes, Set<String> tensors) {
    Set<String> wanted = new HashSet<>(tensors);
    List<OnnxNode> needed = new ArrayList<>();
    for (OnnxNode node : nodes.reversed()) {
      if (node.outputs().stream().anyMatch(wanted::contains)) {
        needed.addFirst(node);
        wanted.addAll(node.inputs());
        wanted.remove("");
      }
    }
    return needed;
  }

  private static Set<OnnxNode> named(List<OnnxNode> nodes, String select) {
    Set<OnnxNode> named = new HashSet<>();
    for (String name : select.split(",", -1)) {
      Set<OnnxNode> matching =
          nodes.stream()
              .filter(node -> matches(node.label(), name.strip()))
              .collect(Collectors.toSet());
      Refusal.require(
          !matching.isEmpty(),
          "has no node '%s' to --select; its recurrent nodes are %s",
          name.strip(),
          recurrent(nodes));
      named.addAll(matching);
    }
    return named;
  }

  /** How to do without what cannot be imported, for a sentence. */
  static String advice(List<OnnxNode> nodes) {
    return "import the recurrent part alone with --select FIRST,LAST, by the names of its nodes, of"
        + " which the recurrent ones are "
        + recurrent(nodes);
  }

  /** The labels of the recurrent nodes, for a sentence. */
  static String recurrent(List<OnnxNode> nodes) {
    String labels =
        nodes.stream()
            .filter(node -> RECURRENT.contains(node.operator()))
            .map(OnnxNode::label)
            .collect(Collectors.joining(", "));
    return labels.isEmpty() ? "none" : labels;
  }

  /** Equal, or the beginning up to a boundary of words. PyTorch begins names by a slash. */
  private static boolean matches(String label, String name) {
    String path = label.startsWith("/") && !name.startsWith("/") ? label.substring(1) : label;
    return path.equals(name)
        || (path.startsWith(name)
            && !name.isEmpty()
            && BOUNDARY.matcher(path.substring(name.length())).lookingAt());
  }

  /** The nodes with all that depends on one of them and that another one depends on. */
  private static Set<OnnxNode> between(List<OnnxNode> nodes, Set<OnnxNode> named) {
    Set<String> below = new HashSet<>();
    Set<OnnxNode> dependent = new HashSet<>();
    for (OnnxNode node : nodes) {
      if (named.contains(node) || node.inputs().stream().anyMatch(below::contains)) {
        below.addAll(node.outputs());
        below.remove("");
        dependent.add(node);
      }
    }
    Set<String> above = new HashSet<>();
    Set<OnnxNode> between = new HashSet<>();
    for (OnnxNode node : nodes.reversed()) {
      if (named.contains(node) || node.outputs().stream().anyMatch(above::contains)) {
        above.addAll(node.inputs());
        above.remove("");
        if (dependent.contains(node)) {
          between.add(node);
        }
      }
    }
    return between;
  }

  private static List<String> outputs(OnnxModel model, Set<OnnxNode> chosen) {
    Set<String> used = new HashSet<>(model.outputs());
    for (OnnxNode node : model.nodes()) {
      if (!chosen.contains(node)) {
        used.addAll(node.inputs());
      }
    }
    used.remove("");
    return model.nodes().stream()
        .filter(chosen::contains)
        .flatMap(node -> node.outputs().stream())
        .filter(used::contains)
        .toList();
  }
}
