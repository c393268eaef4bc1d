// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

/** Makes text out of a file fit for a message. */
final class Text {
  private static final int LONGEST = 64;

  private Text() {}

  /** Returns the text's beginning, with what would break a line or a terminal replaced. */
  static String abbreviate(String text) {
    String head = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    return head.replaceAll("[\\p{Cc}\\p{Cf}]", "\uFFFD");
  }
}
