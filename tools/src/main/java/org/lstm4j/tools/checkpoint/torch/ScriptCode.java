// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the code in a TorchScript archive says about weights, read as text line by line: constants
 * of classes ({@code hidden_size : Final[int] = 8}), and calls of the functions that layers are
 * made of. Anything else in it is skipped; nothing is run.
 */
final class ScriptCode {
  /** That of a file that has no code. */
  static final ScriptCode NONE = new ScriptCode();

  private static final String FOLDER = "code/";
  private static final String SUFFIX = ".py";
  private static final String RECURRENT = ".nn.modules.rnn.";
  private static final String CELL = "_cell";

  // The code of nn.LSTM has 8 kB.
  private static final int MAX_BYTES = 4 << 20;
  private static final int MAX_LINE = 1 << 14;
  private static final int MAX_CALLS = 2000;

  private static final Pattern CLASS = Pattern.compile("class (\\w{1,200})\\(Module\\):.*");
  private static final Pattern CONSTANT =
      Pattern.compile("  (\\w{1,200}) : Final\\[.{1,200}?\\] = (.*)");
  private static final Pattern LIST = Pattern.compile(" {4,}(\\w{1,200}) = (\\[.*\\])");
  private static final Pattern RESULT = Pattern.compile("    return torch\\.(relu|tanh)\\(.*");
  private static final Pattern CALL =
      Pattern.compile("torch\\.(embedding|linear|(?:lstm|gru|rnn_tanh|rnn_relu)(?:_cell)?)\\(");

  private final Map<String, ScriptClass> classes = new HashMap<>();
  private int calls;

  private ScriptCode() {}

  /**
   * A class of the archive.
   *
   * @param constants its constants by name
   * @param calls in its code, in their order
   */
  record ScriptClass(Map<String, Object> constants, List<Call> calls) {
    static final ScriptClass NONE = new ScriptClass(Map.of(), List.of());
  }

  /**
   * A call of torch.FUNCTION.
   *
   * @param arguments the text of each; in place of a variable that is a list, the list
   */
  record Call(String function, List<String> arguments) {
    /** The text of an argument; empty if there are fewer. */
    String argument(int index) {
      return index < arguments.size() ? arguments.get(index) : "";
    }
  }

  /** Reads all code of an archive that is of a reasonable size. */
  static ScriptCode of(ZipArchive archive, String root) throws IOException {
    ScriptCode code = new ScriptCode();
    int left = MAX_BYTES;
    for (String name : archive.names()) {
      if (name.startsWith(root + FOLDER) && name.endsWith(SUFFIX)) {
        long size = archive.size(name);
        if (0 <= size && size <= left) {
          left -= (int) size;
          String text = new String(archive.read(name, (int) size), StandardCharsets.UTF_8);
          code.readFile(
              name.substring((root + FOLDER).length(), name.length() - SUFFIX.length())
                  .replace('/', '.'),
              text);
        }
      }
    }
    return code;
  }

  private void readFile(String module, String text) {
    ScriptClass current = null;
    String name = "";
    Map<String, String> lists = new HashMap<>();
    for (String line : text.lines().filter(line -> line.length() <= MAX_LINE).toList()) {
      Matcher type = CLASS.matcher(line);
      if (type.matches()) {
        name = type.group(1);
        current = new ScriptClass(new LinkedHashMap<>(), new ArrayList<>());
        classes.put(module + "." + type.group(1), current);
        lists.clear();
      } else if (current != null) {
        readLine(line, current, lists);
        readResult(name, line, current);
      }
    }
  }

  /** A traced RNNCell is written out; only its last call tells what it applies. */
  private static void readResult(String name, String line, ScriptClass type) {
    Matcher result = RESULT.matcher(line);
    if (name.equals("RNNCell") && result.matches()) {
      type.constants().put("nonlinearity", result.group(1));
    }
  }

  private void readLine(String line, ScriptClass type, Map<String, String> lists) {
    Matcher constant = CONSTANT.matcher(line);
    if (constant.matches()) {
      ScriptLiteral.parse(constant.group(2))
          .ifPresent(plain -> type.constants().put(constant.group(1), plain.value()));
      return;
    }
    Matcher list = LIST.matcher(line);
    if (list.matches()) {
      lists.put(list.group(1), list.group(2));
    }
    Matcher call = CALL.matcher(line);
    while (call.find() && calls < MAX_CALLS) {
      calls++;
      int end = ScriptLiteral.end(line, call.end());
      if (end > 0) {
        List<String> arguments =
            ScriptLiteral.items(line.substring(call.end(), end)).stream()
                .map(argument -> lists.getOrDefault(argument, argument))
                .toList();
        type.calls().add(new Call(call.group(1), arguments));
      }
    }
  }

  /** What is known of a class by its full name; nothing, if there is none. */
  ScriptClass type(String className) {
    return classes.getOrDefault(className, ScriptClass.NONE);
  }

  /**
   * The attributes of a module that its code knows: constants, and of a recurrent layer that was
   * traced its kind and the arguments of its call.
   */
  Map<String, Object> constants(String className) {
    ScriptClass type = type(className);
    if (!type.constants().isEmpty() || !className.contains(RECURRENT)) {
      return Collections.unmodifiableMap(type.constants());
    }
    return type.calls().stream()
        .map(call -> call.function().endsWith(CELL) ? Optional.of(cell(call)) : recurrent(call))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(Map.of());
  }

  /** The kind of a cell, out of a call such as torch.rnn_relu_cell. */
  static Map<String, Object> cell(Call call) {
    String mode = call.function().substring(0, call.function().length() - CELL.length());
    return Map.of("mode", mode.toUpperCase(Locale.ROOT));
  }

  /**
   * The attributes of nn.LSTM and its kind, out of a call torch.lstm(input, states, weights,
   * has_biases, num_layers, dropout, train, bidirectional, batch_first).
   */
  static Optional<Map<String, Object>> recurrent(Call call) {
    if (call.function().endsWith(CELL)
        || call.arguments().size() != 9
        || !(literal(call, 3) instanceof Boolean bias)
        || !(literal(call, 4) instanceof Long layers)
        || !(literal(call, 5) instanceof Double dropout)
        || !(literal(call, 7) instanceof Boolean bidirectional)
        || !(literal(call, 8) instanceof Boolean batchFirst)) {
      return Optional.empty();
    }
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("mode", call.function().toUpperCase(Locale.ROOT));
    attributes.put("num_layers", layers);
    attributes.put("bias", bias);
    attributes.put("batch_first", batchFirst);
    attributes.put("dropout", dropout);
    attributes.put("bidirectional", bidirectional);
    return Optional.of(attributes);
  }

  private static Object literal(Call call, int argument) {
    return ScriptLiteral.parse(call.argument(argument)).map(PlainValues.Plain::value).orElse(null);
  }
}
