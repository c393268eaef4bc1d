// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import org.lstm4j.tools.checkpoint.Refusal;

/** Whole numbers out of a pickle. */
final class Integers {
  private Integers() {}

  /**
   * A number that is whole, not negative and fits a long.
   *
   * @param what the number, for a sentence
   */
  static long nonNegative(Object value, String what) {
    boolean whole = value instanceof Long || value instanceof Integer;
    Refusal.require(
        whole && ((Number) value).longValue() >= 0,
        "has something other than a whole number >= 0 for %s; the file is damaged",
        what);
    return ((Number) value).longValue();
  }

  /** A tuple of such numbers. */
  static long[] tuple(Object value, int most, String what) {
    Refusal.require(
        value instanceof Object[] items && items.length <= most,
        "has something other than a tuple of at most %d numbers for %s; the file is damaged",
        most,
        what);
    Object[] items = (Object[]) value;
    long[] numbers = new long[items.length];
    for (int i = 0; i < items.length; i++) {
      numbers[i] = nonNegative(items[i], what);
    }
    return numbers;
  }
}
