// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Locale;

/** Numbers for people to read. */
final class Digits {
  private static final int MOST_DECIMALS = 6;

  private Digits() {}

  /** Three digits, or all of those before the point. */
  static String three(double value) {
    int decimals = value == 0 ? 0 : 2 - (int) Math.floor(Math.log10(Math.abs(value)));
    return String.format(Locale.ROOT, "%,." + Math.clamp(decimals, 0, MOST_DECIMALS) + "f", value);
  }
}
