// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

/** The version of the format that this library writes, and which files it reads. */
final class FormatVersion {
  static final int CURRENT = 1;

  private FormatVersion() {}

  static void check(int version, int minimumReaderVersion) {
    require(
        version != 0 && minimumReaderVersion != 0,
        "it does not say its format version; write it again");
    require(
        Integer.compareUnsigned(minimumReaderVersion, version) <= 0,
        "it has format version %s but asks for readers of version %s; write it again",
        Integer.toUnsignedString(version),
        Integer.toUnsignedString(minimumReaderVersion));
    require(
        Integer.compareUnsigned(minimumReaderVersion, CURRENT) <= 0,
        "it needs a reader of format version %s, but this is version %d; update lstm4j",
        Integer.toUnsignedString(minimumReaderVersion),
        CURRENT);
  }
}
