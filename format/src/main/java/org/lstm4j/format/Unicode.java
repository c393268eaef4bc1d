// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.nio.charset.StandardCharsets;

/** Text that a file can hold. */
final class Unicode {
  private Unicode() {}

  /** Half a surrogate pair has no UTF-8; protobuf would silently write a question mark. */
  static String require(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "a name, token or metadata entry is no Unicode text, change it: " + text);
    }
    return text;
  }
}
