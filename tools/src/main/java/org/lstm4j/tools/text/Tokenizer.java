// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lstm4j.format.Vocabulary;

/**
 * Turns text into the tokens of a vocabulary. A character is a Unicode code point; words are what
 * stands between blanks and ends of lines. Immutable.
 */
public final class Tokenizer {
  /** What all text that is none of the other tokens becomes; always the first token. */
  public static final String UNKNOWN = "<unk>";

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private final Vocabulary vocabulary;
  private final Map<String, Integer> indices;

  /**
   * A tokenizer.
   *
   * @param vocabulary what the tokens are
   */
  public Tokenizer(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.indices = HashMap.newHashMap(vocabulary.tokens().size());
    for (String token : vocabulary.tokens()) {
      indices.put(token, indices.size());
    }
  }

  /**
   * The vocabulary of a text: {@value #UNKNOWN}, then what occurs often enough, the most frequent
   * first, and of equally frequent ones what came first.
   *
   * @param minFrequency how often a token has to occur; rarer ones are unknown
   * @throws IllegalArgumentException if there are more tokens than a model file can hold
   */
  public static Vocabulary vocabulary(String text, Vocabulary.Kind kind, long minFrequency) {
    Map<String, Long> frequencies = new LinkedHashMap<>();
    split(text, kind).forEach(token -> frequencies.merge(token, 1L, Long::sum));
    frequencies.remove(UNKNOWN);
    List<String> tokens = new ArrayList<>(List.of(UNKNOWN));
    frequencies.entrySet().stream()
        .filter(entry -> entry.getValue() >= minFrequency)
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .forEach(entry -> tokens.add(entry.getKey()));
    return new Vocabulary(kind, tokens, OptionalInt.of(0));
  }

  private static Stream<String> split(String text, Vocabulary.Kind kind) {
    return switch (kind) {
      case CHARACTER -> text.codePoints().mapToObj(Character::toString);
      case WORD -> BLANKS.splitAsStream(text).filter(word -> !word.isEmpty());
    };
  }

  /** {@return the vocabulary} */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * The tokens of a text.
   *
   * @throws IllegalArgumentException if one is missing, and there is no unknown token
   */
  public int[] encode(String text) {
    return split(text, vocabulary.kind()).mapToInt(this::index).toArray();
  }

  private int index(String token) {
    Integer index = indices.get(token);
    if (index != null) {
      return index;
    }
    return vocabulary
        .unknown()
        .orElseThrow(
            () -> new IllegalArgumentException("the vocabulary lacks '%s'".formatted(token)));
  }

  /** {@return what of a text the vocabulary lacks, in the order in which it occurs} */
  public SequencedSet<String> missing(String text) {
    SequencedSet<String> missing = new LinkedHashSet<>();
    split(text, vocabulary.kind())
        .filter(token -> !indices.containsKey(token))
        .forEach(missing::add);
    return missing;
  }

  /** {@return what a token adds to a text that goes before it: words begin with a blank} */
  public String continuation(int token) {
    String text = vocabulary.tokens().get(token);
    return vocabulary.kind() == Vocabulary.Kind.WORD ? " " + text : text;
  }
}
