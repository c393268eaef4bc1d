// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import com.google.protobuf.WireFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the fields of a file's outermost message one after the other, within the file's bounds. */
final class FieldCursor {
  private static final int MAX_VARINT_BYTES = 10;

  private final MappedFile file;
  private long position;

  FieldCursor(MappedFile file) {
    this.file = file;
  }

  /** The file offset of the next byte. */
  long position() {
    return position;
  }

  /** The length of the next field, which must be of the type bytes and have the given number. */
  long lengthOf(String field, int number) {
    expectTag(field, number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    long length = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      byte next = nextByte(field);
      length |= (next & 0x7FL) << (7 * i);
      if (next >= 0) {
        return length;
      }
    }
    throw new FormatViolation("the length of its field " + field + " is damaged; get it again");
  }

  /** The value of the next field, which must be of the type fixed32 and have the given number. */
  int fixed32(String field, int number) {
    expectTag(field, number, WireFormat.WIRETYPE_FIXED32);
    return ByteBuffer.wrap(bytes(field, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  /** The next bytes. */
  byte[] bytes(String field, int length) {
    require(
        length <= file.size() - position,
        "it ends after %d bytes, within its field %s; it was cut off, get it again",
        file.size(),
        field);
    byte[] bytes = file.bytes(position, length);
    position += length;
    return bytes;
  }

  /** Every field number here is below 16, so a tag is one byte. */
  private void expectTag(String field, int number, int wireType) {
    require(
        nextByte(field) == (number << 3 | wireType),
        "at byte %d its field %s should begin; it is damaged, get it again",
        position - 1,
        field);
  }

  private byte nextByte(String field) {
    return bytes(field, 1)[0];
  }
}
