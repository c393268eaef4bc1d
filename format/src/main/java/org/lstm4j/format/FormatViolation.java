// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

/**
 * A rule that a file breaks, said without the file's name; {@link FileReader} adds that. Unchecked,
 * because it has to pass through the engine while a network is built from the file.
 */
final class FormatViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_LENGTH = 500;
  private static final int HALF = MAX_LENGTH / 2;

  FormatViolation(String sentence) {
    this(sentence, null);
  }

  FormatViolation(String sentence, Throwable cause) {
    super(printable(sentence), cause);
  }

  /** Throws unless the rule holds. */
  static void require(boolean rule, String sentence, Object... values) {
    if (!rule) {
      throw new FormatViolation(sentence.formatted(values));
    }
  }

  /** Names come from the file: they must neither fill a terminal nor control it. */
  private static String printable(String sentence) {
    String line = sentence.replaceAll("\\p{C}", "?");
    return line.length() <= MAX_LENGTH
        ? line
        : line.substring(0, HALF) + "..." + line.substring(line.length() - HALF);
  }
}
