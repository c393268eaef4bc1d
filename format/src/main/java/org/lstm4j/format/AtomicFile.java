// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Writes a file so that its name stands for either its old contents or all of the new ones,
 * whatever fails, the machine included.
 */
final class AtomicFile {
  private AtomicFile() {}

  /** Writes the new contents. */
  interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  static void write(Path path, Content content) throws IOException {
    try {
      replace(target(path), content);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(path + ": cannot be written: " + IoProblem.describe(e), e);
    }
  }

  /** A rename would replace a link, not the file that it points to. */
  private static Path target(Path path) throws IOException {
    Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new IOException("this is not a file; choose another name");
    }
    return target;
  }

  private static void replace(Path target, Content content) throws IOException {
    // Not createTempFile, which gives the file to its owner alone.
    Path temporary = target.resolveSibling(".l4j-" + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, target, ATOMIC_MOVE);
    } catch (Throwable e) {
      deleteAfter(e, temporary);
      throw e;
    }
    forceDirectory(target.getParent());
  }

  private static void deleteAfter(Throwable failure, Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Makes the rename itself durable, where the system lets a directory be opened. */
  private static void forceDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    } catch (IOException _) {
      // Windows cannot open directories; the new name is there all the same.
    }
  }
}
