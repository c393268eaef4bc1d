// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * Puts the checksums of a damaged file right, so that its reader goes on to look at the damage.
 * What is no such file is returned as it is.
 */
final class Checksums {
  private static final int END_OF_DIRECTORY = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int DIRECTORY_ENTRY = 0x02014b50;
  private static final int DIRECTORY_ENTRY_LENGTH = 46;
  private static final int LOCAL_HEADER_LENGTH = 30;

  private Checksums() {}

  static byte[] none(byte[] file) {
    return file;
  }

  /** Of the header of a model or state file. */
  static byte[] ofHeader(byte[] file) {
    CodedInputStream in = CodedInputStream.newInstance(file);
    try {
      in.readTag();
      int length = in.readRawVarint32();
      int start = in.getTotalBytesRead();
      in.skipRawBytes(length);
      in.readTag();
      in.readFixed32();
      return with(
          file, in.getTotalBytesRead() - Integer.BYTES, of(new CRC32C(), file, start, length));
    } catch (IOException _) {
      return file;
    }
  }

  /** Of the entries of a zip archive that are not compressed. */
  static byte[] ofZipEntries(byte[] file) {
    ByteBuffer zip = littleEndian(file);
    int end = file.length - END_LENGTH;
    if (end < 0 || zip.getInt(end) != END_OF_DIRECTORY) {
      return file;
    }
    byte[] right = file;
    int entry = zip.getInt(end + 16);
    while (isInside(entry, DIRECTORY_ENTRY_LENGTH, file) && zip.getInt(entry) == DIRECTORY_ENTRY) {
      right = withChecksum(right, zip, entry);
      entry +=
          DIRECTORY_ENTRY_LENGTH
              + Short.toUnsignedInt(zip.getShort(entry + 28))
              + Short.toUnsignedInt(zip.getShort(entry + 30))
              + Short.toUnsignedInt(zip.getShort(entry + 32));
    }
    return right;
  }

  private static byte[] withChecksum(byte[] file, ByteBuffer zip, int entry) {
    int length = zip.getInt(entry + 24);
    int header = zip.getInt(entry + 42);
    if (!isInside(header, LOCAL_HEADER_LENGTH, file)) {
      return file;
    }
    int start =
        header
            + LOCAL_HEADER_LENGTH
            + Short.toUnsignedInt(zip.getShort(header + 26))
            + Short.toUnsignedInt(zip.getShort(header + 28));
    return isInside(start, length, file)
        ? with(file, entry + 16, of(new CRC32(), file, start, length))
        : file;
  }

  private static boolean isInside(int start, int length, byte[] file) {
    return start >= 0 && length >= 0 && (long) start + length <= file.length;
  }

  private static int of(Checksum checksum, byte[] file, int start, int length) {
    checksum.update(file, start, length);
    return (int) checksum.getValue();
  }

  private static byte[] with(byte[] file, int offset, int checksum) {
    if (littleEndian(file).getInt(offset) == checksum) {
      return file;
    }
    byte[] changed = file.clone();
    littleEndian(changed).putInt(offset, checksum);
    return changed;
  }

  private static ByteBuffer littleEndian(byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }
}
