// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lstm4j.tools.SavedModule;

/**
 * The weights of a frozen TorchScript module. Freezing takes away the modules and their names; the
 * weights are constants, and only the calls that use them tell what they are. Each such call
 * becomes a module again, named after its function: {@code lstm}, {@code linear}, {@code linear2}.
 */
final class FrozenConstants {
  private static final Pattern CONSTANT = Pattern.compile("CONSTANTS\\.c(\\d{1,6})");

  private static final List<String> CELL = List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh");

  private final Object[] constants;
  private final List<TensorWalk.Found> tensors = new ArrayList<>();
  private final List<SavedModule> modules = new ArrayList<>();
  private final Set<List<String>> known = new HashSet<>();
  private final Set<Integer> used = new HashSet<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /**
   * Finds the modules.
   *
   * @param constants the archive's, in their order
   * @param calls in the code of the outermost module
   */
  FrozenConstants(Object[] constants, List<ScriptCode.Call> calls) {
    this.constants = constants;
    calls.forEach(this::add);
  }

  /** The tensors of all modules, in the order of the calls. */
  List<TensorWalk.Found> tensors() {
    return tensors;
  }

  /** The modules in the order of the calls. */
  List<SavedModule> modules() {
    return modules;
  }

  /** The tensors that no module uses, under the names that they have in the code. */
  List<TensorWalk.Found> unused() {
    List<TensorWalk.Found> unused = new ArrayList<>();
    for (int i = 0; i < constants.length; i++) {
      if (!used.contains(i) && constants[i] instanceof PickledData data) {
        unused.add(new TensorWalk.Found("", "c" + i, data));
      }
    }
    return unused;
  }

  private void add(ScriptCode.Call call) {
    switch (call.function()) {
      case "embedding" ->
          add("embedding", "torch.nn.modules.sparse.Embedding", Map.of(), weights(call, 0, 1));
      case "linear" ->
          add("linear", "torch.nn.modules.linear.Linear", Map.of(), weights(call, 1, 2));
      case "lstm", "gru", "rnn_tanh", "rnn_relu" ->
          ScriptCode.recurrent(call)
              .ifPresent(attributes ->
                  add(
                      kind(call),
                      "torch.nn.modules.rnn." + kind(call).toUpperCase(Locale.ROOT),
                      attributes,
                      recurrent(call, attributes)));
      default -> {
        Map<String, String> weights = new LinkedHashMap<>();
        for (int i = 0; i < CELL.size(); i++) {
          // The code leaves out biases that are None.
          String argument = call.argument(i + 2);
          weights.put(CELL.get(i), argument.isEmpty() ? "None" : argument);
        }
        add(
            kind(call) + "_cell",
            "torch.nn.modules.rnn." + kind(call).toUpperCase(Locale.ROOT) + "Cell",
            ScriptCode.cell(call),
            weights);
      }
    }
  }

  private static String kind(ScriptCode.Call call) {
    int end = call.function().indexOf('_');
    return end < 0 ? call.function() : call.function().substring(0, end);
  }

  private static Map<String, String> weights(ScriptCode.Call call, int weight, int bias) {
    Map<String, String> weights = new LinkedHashMap<>();
    weights.put("weight", call.argument(weight));
    weights.put("bias", call.function().equals("embedding") ? "None" : call.argument(bias));
    return weights;
  }

  /** The list of weights in the order of nn.LSTM: by layer, then by direction. */
  private static Map<String, String> recurrent(
      ScriptCode.Call call, Map<String, Object> attributes) {
    String text = call.argument(2);
    List<String> list =
        ScriptLiteral.isEnclosed(text, '[', ']')
            ? ScriptLiteral.items(text.substring(1, text.length() - 1))
            : List.of();
    boolean bias = (Boolean) attributes.get("bias");
    int directions = (Boolean) attributes.get("bidirectional") ? 2 : 1;
    long groups = (Long) attributes.get("num_layers") * directions;
    int plain = bias ? CELL.size() : CELL.size() - 2;
    Map<String, String> weights = new LinkedHashMap<>();
    if (groups <= 0 || groups > list.size() || list.size() % groups != 0) {
      return weights;
    }
    int each = (int) (list.size() / groups);
    if (each != plain && each != plain + 1) {
      return weights;
    }
    for (int i = 0; i < list.size(); i++) {
      int group = i / each;
      String suffix = "_l" + group / directions + (group % directions == 1 ? "_reverse" : "");
      String name = i % each < plain ? CELL.get(i % each) : "weight_hr";
      weights.put(name + suffix, list.get(i));
    }
    return weights;
  }

  /**
   * Adds a module, unless its weights are not all constants, or it is known already: a loop over
   * time that was traced calls a cell once a time step.
   */
  private void add(
      String name, String type, Map<String, Object> attributes, Map<String, String> weights) {
    Map<String, Integer> indices = new LinkedHashMap<>();
    for (Map.Entry<String, String> weight : weights.entrySet()) {
      Matcher constant = CONSTANT.matcher(weight.getValue());
      if (constant.matches()) {
        int index = Integer.parseInt(constant.group(1));
        if (index >= constants.length || !(constants[index] instanceof PickledData)) {
          return;
        }
        indices.put(weight.getKey(), index);
      } else if (!weight.getValue().equals("None")) {
        return;
      }
    }
    if (indices.isEmpty() || !known.add(List.copyOf(weights.values()))) {
      return;
    }
    int count = counts.merge(name, 1, Integer::sum);
    String path = count == 1 ? name : name + count;
    indices.forEach((weight, index) -> {
      used.add(index);
      tensors.add(new TensorWalk.Found("", path + "." + weight, (PickledData) constants[index]));
    });
    modules.add(new SavedModule("", path, type, attributes, List.of()));
  }
}
