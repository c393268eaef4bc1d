// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.format.ModelFormatException;

/**
 * A parser of the Python literals that headers of {@code .npy} files consist of: a dictionary with
 * strings as keys and, as values, strings, whole numbers, {@code True}, {@code False}, tuples and
 * lists. They become {@link String}, {@link Long}, {@link Boolean} and {@link List}. Nothing is
 * evaluated. Used once, by one thread.
 */
final class PythonLiteral {
  // A structured type nests this deep at most in practice; a hostile one must not end the stack.
  private static final int MAX_DEPTH = 16;

  private final String text;
  private final String name;
  private int position;

  /**
   * Creates a parser.
   *
   * @param name what messages call the text
   */
  PythonLiteral(String text, String name) {
    this.text = text;
    this.name = name;
  }

  /**
   * Returns the dictionary that the text consists of; only white space may follow it.
   *
   * @throws ModelFormatException if it consists of anything else
   */
  Map<String, Object> dictionary() throws ModelFormatException {
    Map<String, Object> fields = new LinkedHashMap<>();
    expect('{');
    while (!skip('}')) {
      String key = string();
      expect(':');
      if (fields.put(key, value(0)) != null) {
        throw malformed("the key '%s' only once".formatted(Text.abbreviate(key)));
      }
      separate('}');
    }
    if (peek() != 0) {
      throw malformed("its end");
    }
    return fields;
  }

  private Object value(int depth) throws ModelFormatException {
    if (depth > MAX_DEPTH) {
      throw malformed("fewer nested brackets");
    }
    return switch (peek()) {
      case '\'', '"' -> string();
      case '(' -> sequence('(', ')', depth);
      case '[' -> sequence('[', ']', depth);
      case 'T' -> word("True", true);
      case 'F' -> word("False", false);
      default -> number();
    };
  }

  private List<Object> sequence(char open, char close, int depth) throws ModelFormatException {
    List<Object> items = new ArrayList<>();
    expect(open);
    while (!skip(close)) {
      items.add(value(depth + 1));
      separate(close);
    }
    return items;
  }

  private String string() throws ModelFormatException {
    char quote = peek();
    if (quote != '\'' && quote != '"') {
      throw malformed("a string");
    }
    int end = text.indexOf(quote, position + 1);
    String content = end < 0 ? "\\" : text.substring(position + 1, end);
    if (content.indexOf('\\') >= 0) {
      throw malformed("a string that ends and has no escapes");
    }
    position = end + 1;
    return content;
  }

  private Boolean word(String word, boolean value) throws ModelFormatException {
    if (!text.startsWith(word, position)) {
      throw malformed("a value");
    }
    position += word.length();
    return value;
  }

  private Long number() throws ModelFormatException {
    int start = position;
    int end = text.startsWith("-", start) ? start + 1 : start;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    try {
      Long value = Long.valueOf(text.substring(start, end));
      position = end;
      return value;
    } catch (NumberFormatException _) {
      throw malformed("a value, and whole numbers of at most 64 bits");
    }
  }

  /** Passes the comma between two items, or stays before the closing bracket. */
  private void separate(char close) throws ModelFormatException {
    if (peek() != close) {
      expect(',');
    }
  }

  private void expect(char wanted) throws ModelFormatException {
    if (!skip(wanted)) {
      throw malformed("'" + wanted + "'");
    }
  }

  private boolean skip(char wanted) {
    boolean found = peek() == wanted;
    if (found) {
      position++;
    }
    return found;
  }

  /** Returns the next character that is not white space, or 0 at the end. */
  private char peek() {
    while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    return position < text.length() ? text.charAt(position) : 0;
  }

  private ModelFormatException malformed(String wanted) {
    return new ModelFormatException(
        "%s should have %s at its character %d; the file is damaged or was not written by NumPy"
            .formatted(name, wanted, position));
  }
}
