// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.OneToMany;

/** Reads the text of import options as {@code lstm4j convert} takes it. */
final class OptionSyntax {
  private OptionSyntax() {}

  /** NAME=VALUE. */
  record Assignment(String name, String value) {}

  static ReadOption read(String text) {
    Head head = Head.of(text);
    return switch (head.name()) {
      case "all" -> head.alone("--read", new ReadOption.All());
      case "last" -> head.alone("--read", new ReadOption.Last());
      case "final" -> head.alone("--read", new ReadOption.Final());
      case "max" -> head.alone("--read", new ReadOption.Max());
      case "mean" -> head.alone("--read", new ReadOption.Mean());
      case "attention" -> head.alone("--read", new ReadOption.Attention());
      case "decay" -> new ReadOption.Decay(number("--read decay", head.argument()));
      case "weights" -> new ReadOption.Weights(weights(head.argument()));
      default ->
          throw new IllegalArgumentException(
              "--read takes all, last, final, max, mean, attention, decay:FACTOR or"
                  + " weights:W0,W1,..., not '"
                  + text
                  + "'");
    };
  }

  private static List<Float> weights(String text) {
    List<Float> weights = new ArrayList<>();
    for (String item : list("--read weights", text)) {
      weights.add(number("--read weights", item));
    }
    return weights;
  }

  static InputOption input(String text) {
    Head head = Head.of(text);
    return switch (head.name()) {
      case "vector" -> head.alone("--input", new InputOption.Vector());
      case "index" -> head.alone("--input", new InputOption.Index());
      case "one-hot" -> new InputOption.OneHot(count("--input one-hot", head.argument()));
      default ->
          throw new IllegalArgumentException(
              "--input takes vector, index or one-hot:N, not '" + text + "'");
    };
  }

  static OneToMany oneToMany(String text) {
    Head head = Head.of(text);
    OneToMany.Mode mode =
        switch (head.name()) {
          case "repeat" -> OneToMany.Mode.REPEAT;
          case "zeros" -> OneToMany.Mode.ZEROS;
          case "feedback" -> OneToMany.Mode.FEEDBACK;
          default ->
              throw new IllegalArgumentException(
                  "--one-to-many takes repeat:STEPS, zeros:STEPS or feedback:STEPS, not '"
                      + text
                      + "'");
        };
    return new OneToMany(mode, count("--one-to-many " + head.name(), head.argument()));
  }

  static ActivationFunction nonlinearity(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "tanh" -> new ActivationFunction.Tanh();
      case "relu" -> new ActivationFunction.Relu();
      case "sigmoid" -> new ActivationFunction.Sigmoid();
      default ->
          throw new IllegalArgumentException(
              "--nonlinearity takes tanh, relu or sigmoid, not '" + text + "'");
    };
  }

  static InitialStateOption initialState(String text, InitialStateOption before) {
    if (text.equals("zeros") && before == null) {
      return new InitialStateOption.Zeros();
    }
    if (text.equals("zeros") || before instanceof InitialStateOption.Zeros) {
      throw new IllegalArgumentException("--initial-state zeros stands alone; give it once");
    }
    Map<String, List<String>> tensors =
        before instanceof InitialStateOption.Learned learned
            ? new HashMap<>(learned.tensors())
            : new HashMap<>();
    Assignment assignment = assignment("--initial-state", text);
    List<String> names = list("--initial-state", assignment.value());
    if (names.size() > 2) {
      throw new IllegalArgumentException(
          "--initial-state takes zeros, LAYER=H or LAYER=H,C, not '" + text + "'");
    }
    if (tensors.putIfAbsent(assignment.name(), names) != null) {
      throw new IllegalArgumentException(
          "--initial-state names '%s' twice; name every module once".formatted(assignment.name()));
    }
    return new InitialStateOption.Learned(tensors);
  }

  static List<ResidualSpan> residuals(String text, List<ResidualSpan> before) {
    List<ResidualSpan> spans = new ArrayList<>(before == null ? List.of() : before);
    if (text.equals("none") || (before != null && before.isEmpty())) {
      if (before != null) {
        throw new IllegalArgumentException("--residual none stands alone; give it once");
      }
      return spans;
    }
    List<String> names = list("--residual", text);
    if (names.size() > 2) {
      throw new IllegalArgumentException(
          "--residual takes FIRST,LAST, one MODULE, or none, not '" + text + "'");
    }
    spans.add(new ResidualSpan(names.getFirst(), names.getLast()));
    return spans;
  }

  static LayerKind layerKind(String text) {
    return switch (text) {
      case "embedding" -> LayerKind.EMBEDDING;
      case "linear" -> LayerKind.LINEAR;
      default ->
          throw new IllegalArgumentException(
              "--layers takes NAME=embedding or NAME=linear, not '" + text + "'");
    };
  }

  static Assignment assignment(String option, String text) {
    int equals = text.lastIndexOf('=');
    if (equals < 0 || equals == text.length() - 1) {
      throw new IllegalArgumentException("%s takes NAME=VALUE, not '%s'".formatted(option, text));
    }
    return new Assignment(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
  }

  static List<String> list(String option, String text) {
    List<String> items = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    if (items.contains("")) {
      throw new IllegalArgumentException(
          "%s takes a list separated by commas, not '%s'".formatted(option, text));
    }
    return items;
  }

  static float number(String what, String text) {
    try {
      float number = Float.parseFloat(text);
      if (Float.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException _) {
      // falls through to the one sentence for both cases
    }
    throw new IllegalArgumentException("%s needs a number, not '%s'".formatted(what, text));
  }

  private static int count(String what, String text) {
    try {
      int count = Integer.parseInt(text);
      if (count > 0) {
        return count;
      }
    } catch (NumberFormatException _) {
      // falls through to the one sentence for both cases
    }
    throw new IllegalArgumentException(
        "%s needs a positive whole number after a colon, not '%s'".formatted(what, text));
  }

  /** The word before the first colon, and what follows the colon; empty without one. */
  private record Head(String name, String argument, boolean hasArgument) {
    static Head of(String text) {
      int colon = text.indexOf(':');
      return colon < 0
          ? new Head(text.strip().toLowerCase(Locale.ROOT), "", false)
          : new Head(
              text.substring(0, colon).strip().toLowerCase(Locale.ROOT),
              text.substring(colon + 1).strip(),
              true);
    }

    <T> T alone(String option, T value) {
      if (hasArgument) {
        throw new IllegalArgumentException(
            "%s %s takes nothing after a colon, not '%s'".formatted(option, name, argument));
      }
      return value;
    }
  }
}
