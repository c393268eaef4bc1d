// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file in memory, read-only, until it is closed. Confined to the thread that opened it.
 *
 * <p>Bytes leave it only as copies. Should another process truncate the file meanwhile, copying
 * ends in an {@link InternalError}, where a checksum computed straight on the mapping would end the
 * JVM: its intrinsic does not survive the fault. And what was verified is then what is used.
 */
final class MappedFile implements AutoCloseable {
  /** Protobuf's limit for a message. */
  static final long MAX_BYTES = Integer.MAX_VALUE;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment mapping;

  private MappedFile(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, READ)) {
      FormatViolation.require(
          channel.size() <= MAX_BYTES,
          "it has %d bytes, but at most %d are allowed",
          channel.size(),
          MAX_BYTES);
      mapping = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (UnsupportedOperationException e) {
      arena.close();
      throw new FormatViolation("its file system cannot map files; copy it to a disk", e);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  static MappedFile open(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    FormatViolation.require(!attributes.isDirectory(), "this is a directory, not a file");
    // A pipe would block, a device might never end.
    FormatViolation.require(
        attributes.isRegularFile(), "this is not a regular file; copy its contents to one");
    return new MappedFile(path);
  }

  long size() {
    return mapping.byteSize();
  }

  /** Memory to copy into, freed with the file. */
  MemorySegment allocate(long bytes) {
    return arena.allocate(bytes, Alignment.BYTES);
  }

  /** Fills the target with the bytes from the offset on. */
  void copy(long offset, MemorySegment target) {
    MemorySegment.copy(mapping, offset, target, 0, target.byteSize());
  }

  /** A copy of the bytes from the offset on. */
  byte[] bytes(long offset, int length) {
    byte[] bytes = new byte[length];
    copy(offset, MemorySegment.ofArray(bytes));
    return bytes;
  }

  @Override
  public void close() {
    arena.close();
  }
}
