// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * The size of a zip archive's directory, read from the archive's last bytes (PKWARE's APPNOTE.TXT,
 * 4.3.16 and 4.3.14). java.util.zip reads the whole directory into the heap when it opens an
 * archive; this says beforehand whether it may.
 */
final class CentralDirectory {
  // Enough for a hundred thousand entries; a network has some ten to a thousand tensors.
  private static final long MAX_BYTES = 16L << 20;

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_SIZE = 22;
  private static final int MAX_COMMENT = 0xffff;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_SIZE = 20;
  private static final int END64_SIZE = 56;
  private static final long SEE_END64 = 0xffffffffL;

  private CentralDirectory() {}

  /**
   * Checks that an archive ends as archives do, and that its directory is not too large.
   *
   * @throws Refusal if not
   */
  static void check(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Refusal.require(
          size(channel) <= MAX_BYTES,
          "is a zip archive with a directory of more than %d MiB; a checkpoint has an entry a"
              + " tensor, so this is none",
          MAX_BYTES >> 20);
    }
  }

  private static long size(FileChannel channel) throws IOException {
    long tailStart = Math.max(0, channel.size() - END_SIZE - MAX_COMMENT);
    ByteBuffer tail = read(channel, tailStart, (int) (channel.size() - tailStart));
    for (int end = tail.capacity() - END_SIZE; end >= 0; end--) {
      if (tail.getInt(end) == END_SIGNATURE) {
        long size = tail.getInt(end + 12) & SEE_END64;
        return size == SEE_END64 ? sizeInEnd64(channel, tailStart + end) : size;
      }
    }
    throw new Refusal(
        "is a zip archive without its end; it is truncated, copy or download it again");
  }

  private static long sizeInEnd64(FileChannel channel, long end) throws IOException {
    ByteBuffer locator = read(channel, Math.max(0, end - LOCATOR_SIZE), LOCATOR_SIZE);
    if (locator.getInt(0) == LOCATOR_SIGNATURE) {
      long position = locator.getLong(8);
      if (0 <= position && position <= end - END64_SIZE) {
        return Math.abs(read(channel, position, END64_SIZE).getLong(40));
      }
    }
    throw new Refusal("is a zip archive with a damaged end; copy or download it again");
  }

  private static ByteBuffer read(FileChannel channel, long position, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new Refusal("became shorter while it was read; try again");
      }
    }
    return buffer;
  }
}
