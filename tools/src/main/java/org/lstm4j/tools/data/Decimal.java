// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.util.Locale;

/**
 * Decimal numbers in text. Stricter than {@link Float#parseFloat}, which also takes type suffixes
 * and hexadecimal numbers, and turns what is too large into infinity.
 */
final class Decimal {
  private static final String CHARACTERS = "0123456789+-.eE";

  private Decimal() {}

  /** Returns whether the text is a number, or stands for one that is not finite. */
  static boolean isNumber(String text) {
    try {
      parse(text, NonFinite.ALLOW);
      return true;
    } catch (NumberFormatException _) {
      return false;
    }
  }

  /**
   * Returns the float nearest to a number.
   *
   * @throws NumberFormatException if the text is none; the message continues a sentence whose
   *     subject is the text's place
   */
  static float parse(String text, NonFinite nonFinite) {
    if (text.isEmpty()) {
      throw new NumberFormatException("is empty; give every cell a number");
    }
    if (text.chars().allMatch(c -> CHARACTERS.indexOf(c) >= 0)) {
      return parseFinite(text);
    }
    float value =
        switch (text.toLowerCase(Locale.ROOT)) {
          case "nan", "+nan", "-nan" -> Float.NaN;
          case "inf", "+inf", "infinity", "+infinity" -> Float.POSITIVE_INFINITY;
          case "-inf", "-infinity" -> Float.NEGATIVE_INFINITY;
          default -> throw notANumber(text);
        };
    if (nonFinite == NonFinite.REFUSE) {
      throw new NumberFormatException("holds %s; fill the gap or leave it out".formatted(text));
    }
    return value;
  }

  private static float parseFinite(String text) {
    float value;
    try {
      value = Float.parseFloat(text);
    } catch (NumberFormatException _) {
      throw notANumber(text);
    }
    if (Float.isInfinite(value)) {
      throw new NumberFormatException(
          "holds %s, beyond the largest 32-bit float; scale the data"
              .formatted(Text.abbreviate(text)));
    }
    return value;
  }

  private static NumberFormatException notANumber(String text) {
    return new NumberFormatException(
        "holds '%s', not a number; separate cells by commas and decimals by a point"
            .formatted(Text.abbreviate(text)));
  }
}
