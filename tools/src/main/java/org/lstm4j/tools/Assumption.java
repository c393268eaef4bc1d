// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.Optional;

/**
 * Something that an import took for granted because tensors cannot say it.
 *
 * @param sentence what was assumed, without a full stop
 * @param option the option of {@code lstm4j convert} that changes it; empty where the file itself
 *     would have to be another
 */
public record Assumption(String sentence, Optional<String> option) {
  /** An assumption that an option changes. */
  public static Assumption of(String sentence, String option) {
    return new Assumption(sentence, Optional.of(option));
  }

  /** An assumption that no option changes. */
  public static Assumption of(String sentence) {
    return new Assumption(sentence, Optional.empty());
  }

  /** The sentence and, in parentheses, what changes it. */
  @Override
  public String toString() {
    return option.map(text -> "%s (change with %s)".formatted(sentence, text)).orElse(sentence);
  }
}
