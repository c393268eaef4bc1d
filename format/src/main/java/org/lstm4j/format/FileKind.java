// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

/** The kinds of file that share the container, and what their headers begin with. */
enum FileKind {
  MODEL("lstm4j.model", "an .l4j model file"),
  STATE("lstm4j.state", "an lstm4j state file");

  private final String format;
  private final String description;

  FileKind(String format, String description) {
    this.format = format;
    this.description = description;
  }

  /** The first field of the header. */
  String format() {
    return format;
  }

  /** Protobuf lets a later field of the same number win over the first. */
  void requireFormat(String parsed) {
    FormatViolation.require(
        parsed.equals(format), "its header has a second format, %s; write it again", parsed);
  }

  /** For a sentence, with its article. */
  String description() {
    return description;
  }
}
