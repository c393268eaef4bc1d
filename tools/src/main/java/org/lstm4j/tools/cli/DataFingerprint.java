// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/** Tells whether a run goes on with the data that it began with. */
final class DataFingerprint {
  private DataFingerprint() {}

  static String of(Path file) throws IOException {
    CRC32C checksum = new CRC32C();
    try (InputStream in =
        new CheckedInputStream(new BufferedInputStream(Files.newInputStream(file)), checksum)) {
      long bytes = in.transferTo(OutputStream.nullOutputStream());
      return "%d bytes, CRC-32C %08x".formatted(bytes, checksum.getValue());
    }
  }
}
