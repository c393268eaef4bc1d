// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The text behind a network's tokens: what each of its indices stands for. Immutable.
 *
 * @param kind how a text is divided into tokens
 * @param tokens the text of each token, at its index; no two are equal
 * @param unknown the index of the token that stands for every text that is none of the tokens, if
 *     there is one
 */
public record Vocabulary(Kind kind, List<String> tokens, OptionalInt unknown) {
  /** A file's header, and the memory that a reader needs for it, stay bounded. */
  static final int MAX_TOKENS = 1 << 20;

  /** How a text is divided into tokens. */
  public enum Kind {
    /** A token is one character: a Unicode code point. */
    CHARACTER,
    /** A token is one word. */
    WORD
  }

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there is no token, if there are more than 1,048,576, if two
   *     are equal, or if the unknown token is none of them
   */
  public Vocabulary {
    requireCount(tokens.size());
    tokens = List.copyOf(tokens);
    requireUnique(tokens);
    if (unknown.isPresent() && (unknown.getAsInt() < 0 || unknown.getAsInt() >= tokens.size())) {
      throw new IllegalArgumentException(
          "the unknown token has index %s, but the tokens have 0 to %d"
              .formatted(Integer.toUnsignedString(unknown.getAsInt()), tokens.size() - 1));
    }
  }

  static void requireCount(int tokens) {
    if (tokens == 0 || tokens > MAX_TOKENS) {
      throw new IllegalArgumentException(
          "a vocabulary has 1 to %d tokens, not %d".formatted(MAX_TOKENS, tokens));
    }
  }

  private static void requireUnique(List<String> tokens) {
    Map<String, Integer> indices = HashMap.newHashMap(tokens.size());
    for (String token : tokens) {
      Integer first = indices.putIfAbsent(token, indices.size());
      if (first != null) {
        throw new IllegalArgumentException(
            "tokens %d and %d are both \"%s\"".formatted(first, indices.size(), token));
      }
    }
  }
}
