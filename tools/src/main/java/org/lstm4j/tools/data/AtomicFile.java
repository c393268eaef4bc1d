// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files that are whole or not there: the content goes to a temporary file in the same
 * folder, is forced to the disk, and then takes the place of the target in one step.
 *
 * <p>Stateless, hence safe for use by many threads; of two that write the same file the last wins.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** What goes into a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of it.
     *
     * @param out buffered; may be closed or not
     * @throws IOException if writing fails
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, or replaces it. A symbolic link stays and its target is replaced; what is
   * neither a file nor a folder, such as {@code /dev/null} or a pipe, is written to directly.
   *
   * @throws IOException if the folder does not exist, or writing fails, or the content throws it;
   *     what was there before is left, and no temporary file
   */
  public static void write(Path file, Content content) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder; give a file in it");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      writeDirectly(file, content);
      return;
    }
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path folder = target.getParent();
    if (!Files.isDirectory(folder)) {
      throw new FileSystemException(
          file.toString(), null, "cannot be written, its folder does not exist; create that first");
    }
    if (!Files.isWritable(folder) || (Files.exists(target) && !Files.isWritable(target))) {
      throw new FileSystemException(
          file.toString(), null, "is protected, or its folder is; choose another name or folder");
    }
    replace(target, folder.resolve(".lstm4j-" + UUID.randomUUID() + ".tmp"), content);
  }

  private static void writeDirectly(Path file, Content content) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      content.writeTo(out);
    }
  }

  private static void replace(Path target, Path temporary, Content content) throws IOException {
    // Not Files.createTempFile: its files are closed to all but their owner, whatever the umask.
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        OutputStream out = new KeptOpen(Channels.newOutputStream(channel));
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Outlives a content that closes it, as one that ends with a zip archive does. */
  private static final class KeptOpen extends BufferedOutputStream {
    KeptOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
