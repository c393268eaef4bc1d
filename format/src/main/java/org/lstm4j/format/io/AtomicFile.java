// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files that are whole or not there, whatever fails, the machine included: the content goes
 * to a temporary file in the same folder, is forced to the disk, and then takes the place of the
 * target in one step.
 *
 * <p>Stateless, hence safe for use by many threads; of two that write the same file the last wins.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** What goes into a file from its first byte to its last. */
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

  /** What goes into a file in any order. */
  @FunctionalInterface
  public interface PlacedContent {
    /**
     * Writes all of it.
     *
     * @param channel of an empty file; stays open
     * @throws IOException if writing fails
     */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes a file, or replaces it. A symbolic link stays and its target is replaced; what is
   * neither a file nor a folder, such as {@code /dev/null} or a pipe, is written to directly.
   *
   * @throws IOException if the folder does not exist, or writing fails, or the content throws it;
   *     what was there before is left, and no temporary file
   */
  public static void write(Path file, Content content) throws IOException {
    if (isDevice(file)) {
      writeDirectly(file, content);
      return;
    }
    replace(
        target(file),
        channel -> {
          OutputStream out = new KeptOpen(Channels.newOutputStream(channel));
          content.writeTo(out);
          out.flush();
        });
  }

  /**
   * Writes a file, or replaces it, as {@link #write} does, but nothing else than a file.
   *
   * @throws IOException if it is no file, its folder does not exist, or writing fails, with a
   *     sentence that names it; what was there before is left, and no temporary file
   */
  public static void writePlaced(Path file, PlacedContent content) throws IOException {
    if (isDevice(file)) {
      throw new FileSystemException(file.toString(), null, "is no file; choose another name");
    }
    try {
      replace(target(file), content);
    } catch (ClosedByInterruptException | FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static boolean isDevice(Path file) {
    return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
  }

  private static void writeDirectly(Path file, Content content) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      content.writeTo(out);
    }
  }

  /** A rename would replace a link, not the file that it points to. */
  private static Path target(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder; give a file in it");
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
    return target;
  }

  private static void replace(Path target, PlacedContent content) throws IOException {
    // Not Files.createTempFile: its files are closed to all but their owner, whatever the umask.
    Path temporary = target.resolveSibling(".lstm4j-" + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (Throwable e) {
      deleteAfter(e, temporary);
      throw e;
    }
    forceFolder(target.getParent());
  }

  private static void deleteAfter(Throwable failure, Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Makes the rename itself durable, where the system lets a folder be opened. */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException _) {
      // Windows cannot open folders; the new name is there all the same.
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
