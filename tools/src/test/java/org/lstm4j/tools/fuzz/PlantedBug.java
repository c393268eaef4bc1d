// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lstm4j.format.ModelFormatException;

/** A reader with a bug behind a magic number, which fuzzing has to find. */
public final class PlantedBug {
  /** The bytes of the magic number and of the length behind it. */
  static final int SHORTEST = 6;

  private static final int MAGIC = 0x706c616e;

  private PlantedBug() {}

  /** Called by Jazzer with one input after the other. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    ReaderContract.of(PlantedBug::read).check(input, Path.of(FuzzTarget.INPUT));
  }

  private static void read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    if (bytes.remaining() < SHORTEST || bytes.getInt() != MAGIC) {
      throw new ModelFormatException(file + ": is not planted");
    }
    // The bug: a length is taken for a number with a sign.
    byte[] name = new byte[bytes.getShort()];
    if (name.length > bytes.remaining()) {
      throw new ModelFormatException(file + ": is truncated");
    }
    bytes.get(name);
  }
}
