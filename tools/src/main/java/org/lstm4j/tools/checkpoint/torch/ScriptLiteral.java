// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Constants in the text of TorchScript code, and the brackets around them. Nothing is evaluated.
 */
final class ScriptLiteral {
  private static final int MAX_DEPTH = 4;
  private static final Pattern INTEGER = Pattern.compile("-?\\d{1,18}");
  private static final Pattern FLOAT = Pattern.compile("-?\\d{1,20}\\.\\d{0,40}(e[+-]?\\d{1,3})?");

  private ScriptLiteral() {}

  /** The value of a literal: as {@link PlainValues} has them; empty for any other expression. */
  static Optional<PlainValues.Plain> parse(String text) {
    return parse(text.strip(), MAX_DEPTH);
  }

  private static Optional<PlainValues.Plain> parse(String text, int depth) {
    if (text.equals("True") || text.equals("False")) {
      return plain(text.equals("True"));
    } else if (text.equals("None")) {
      return plain(null);
    } else if (INTEGER.matcher(text).matches()) {
      return plain(Long.valueOf(text));
    } else if (FLOAT.matcher(text).matches()) {
      return plain(Double.valueOf(text));
    } else if (text.matches("\"[^\"\\\\]*\"")) {
      return plain(text.substring(1, text.length() - 1));
    } else if (depth > 0 && (isEnclosed(text, '[', ']') || isEnclosed(text, '(', ')'))) {
      List<Object> items = new ArrayList<>();
      for (String item : items(text.substring(1, text.length() - 1))) {
        Optional<PlainValues.Plain> value = parse(item, depth - 1);
        if (value.isEmpty()) {
          return Optional.empty();
        }
        items.add(value.get().value());
      }
      return plain(Collections.unmodifiableList(items));
    }
    return Optional.empty();
  }

  private static Optional<PlainValues.Plain> plain(Object value) {
    return Optional.of(new PlainValues.Plain(value));
  }

  /** Whether a text is one pair of brackets. */
  static boolean isEnclosed(String text, char open, char close) {
    return text.length() >= 2
        && text.charAt(0) == open
        && text.charAt(text.length() - 1) == close
        && end(text, 1) == text.length() - 1;
  }

  /** What commas separate that are in no brackets; a last comma adds nothing. */
  static List<String> items(String text) {
    List<String> items = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = itemEnd(text, start);
      String item = text.substring(start, end).strip();
      if (!item.isEmpty()) {
        items.add(item);
      }
      start = end + 1;
    }
    return items;
  }

  private static int itemEnd(String text, int start) {
    int depth = 0;
    for (int i = start; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '(', '[' -> depth++;
        case ')', ']' -> depth--;
        case '"' -> i = stringEnd(text, i);
        case ',' -> {
          if (depth == 0) {
            return i;
          }
        }
        default -> {}
      }
    }
    return text.length();
  }

  /** Where the bracket closes whose content begins here; -1 if it does not. */
  static int end(String text, int start) {
    int depth = 1;
    for (int i = start; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '(', '[' -> depth++;
        case ')', ']' -> {
          depth--;
          if (depth == 0) {
            return i;
          }
        }
        case '"' -> i = stringEnd(text, i);
        default -> {}
      }
    }
    return -1;
  }

  private static int stringEnd(String text, int start) {
    for (int i = start + 1; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character == '\\') {
        i++;
      } else if (character == '"') {
        return i;
      }
    }
    return text.length();
  }
}
