// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says in a sentence why a path cannot be read, where the JDK's exception says only the path. */
final class InputFiles {
  private InputFiles() {}

  /**
   * Checks that a path can be opened for reading.
   *
   * @throws IOException if it cannot; the message is one sentence
   */
  static void requireReadable(Path file) throws IOException {
    if (Files.notExists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such file; check the path");
    }
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder; give a file in it");
    }
    if (!Files.isReadable(file)) {
      throw new FileSystemException(
          file.toString(), null, "may not be read; check its permissions");
    }
  }
}
