// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

/** The kinds of file that share the container, and what their headers begin with. */
enum FileKind {
  /** A vocabulary may be large; {@link ModelHeader} sees to the rest of the header. */
  MODEL("lstm4j.model", "an .l4j model file", 16 << 20),
  STATE("lstm4j.state", "an lstm4j state file", 1 << 20);

  private final String format;
  private final String description;
  private final int maxHeaderBytes;

  FileKind(String format, String description, int maxHeaderBytes) {
    this.format = format;
    this.description = description;
    this.maxHeaderBytes = maxHeaderBytes;
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

  /** Small enough that a hostile header stays small when it is parsed. */
  int maxHeaderBytes() {
    return maxHeaderBytes;
  }

  /** For a sentence, with its article. */
  String description() {
    return description;
  }
}
