// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

/** What a tensor may be called. */
public final class TensorNames {
  /** Most characters in a name, its dicts included; module paths have a tenth of this. */
  public static final int MAX_LENGTH = 1024;

  private static final int BEGINNING = 40;

  private TensorNames() {}

  /**
   * Checks a name, which ends up in messages, in the model file and in other people's terminals.
   *
   * @return the name
   * @throws Refusal if it is too long, or has characters that cannot be seen
   */
  public static String require(String name) {
    Refusal.require(
        name.length() <= MAX_LENGTH,
        "has a name of more than %d characters: %s...; the file is damaged",
        MAX_LENGTH,
        name.substring(0, Math.min(BEGINNING, name.length())));
    Refusal.require(
        name.codePoints().noneMatch(TensorNames::isInvisible),
        "has control characters in the name %s; the file is damaged",
        name);
    return name;
  }

  private static boolean isInvisible(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
