// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.util.zip.CRC32C;

/** CRC-32C (Castagnoli) of bytes in one piece. */
final class Checksum {
  private Checksum() {}

  static int of(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
