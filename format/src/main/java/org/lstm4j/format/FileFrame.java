// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.lstm4j.format.v1.Header;
import org.lstm4j.format.v1.Model;

/**
 * A file's outermost message: its fields, their order and the header's checksum, as {@code
 * model.proto} demands them. The message of a state file has the same fields.
 *
 * @param header the serialized header, its checksum verified
 * @param payloadOffset the file offset of the tensors' first byte
 * @param payloadLength the bytes of all tensors together, which end the file
 */
record FileFrame(byte[] header, long payloadOffset, long payloadLength) {
  /** Reads the frame of a file of the given kind. */
  static FileFrame read(MappedFile file, FileKind kind) {
    requireKind(file, kind);
    FieldCursor cursor = new FieldCursor(file);
    byte[] header = header(cursor, kind.maxHeaderBytes());
    skipPadding(cursor);
    long length = cursor.lengthOf("tensors", Model.WEIGHTS_FIELD_NUMBER);
    long offset = cursor.position();
    require(
        offset % Alignment.BYTES == 0,
        "its tensors begin at byte %d, which is no multiple of %d; write it again",
        offset,
        Alignment.BYTES);
    requireEnd(file.size() - offset, length);
    return new FileFrame(header, offset, length);
  }

  private static void requireKind(MappedFile file, FileKind kind) {
    require(file.size() > 0, "it is empty");
    for (FileKind other : FileKind.values()) {
      require(
          other == kind || !isA(file, other),
          "this is %s, not %s",
          other.description(),
          kind.description());
    }
    require(isA(file, kind), "this is not %s", kind.description());
  }

  /** Whether the file begins as files of the given kind do. */
  static boolean isA(MappedFile file, FileKind kind) {
    byte[] format = kind.format().getBytes(StandardCharsets.US_ASCII);
    try {
      FieldCursor cursor = new FieldCursor(file);
      cursor.lengthOf("header", Model.HEADER_FIELD_NUMBER);
      long length = cursor.lengthOf("format", Header.FORMAT_FIELD_NUMBER);
      return length == format.length
          && Arrays.equals(cursor.bytes("format", format.length), format);
    } catch (FormatViolation _) {
      return false;
    }
  }

  private static byte[] header(FieldCursor cursor, int maxBytes) {
    long length = cursor.lengthOf("header", Model.HEADER_FIELD_NUMBER);
    require(
        length >= 0 && length <= maxBytes,
        "its header has %s bytes, but at most %d are allowed; it is damaged, get it again",
        Long.toUnsignedString(length),
        maxBytes);
    byte[] header = cursor.bytes("header", (int) length);
    int stored = cursor.fixed32("header_crc32c", Model.HEADER_CRC32C_FIELD_NUMBER);
    int computed = Checksum.of(header);
    require(
        stored == computed,
        "its header has the checksum %08x, but says %08x; it is damaged, get it again",
        computed,
        stored);
    return header;
  }

  private static void skipPadding(FieldCursor cursor) {
    long length = cursor.lengthOf("padding", Model.PADDING_FIELD_NUMBER);
    require(
        length >= 0 && length < Alignment.BYTES,
        "its padding has %s bytes, but fewer than %d are allowed; it is damaged, get it again",
        Long.toUnsignedString(length),
        Alignment.BYTES);
    Alignment.requireZero(cursor.bytes("padding", (int) length), "padding");
  }

  private static void requireEnd(long available, long length) {
    require(
        length >= 0 && length <= available,
        "its tensors have %s bytes, but only %d of them are here; it was cut off, get it again",
        Long.toUnsignedString(length),
        available);
    require(
        length == available,
        "%d bytes follow its end; it is damaged, get it again",
        available - length);
  }

  /** Everything that stands in a file before its payload. */
  static byte[] prefix(byte[] header, long payloadLength) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(header.length + 2 * Alignment.BYTES);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeByteArray(Model.HEADER_FIELD_NUMBER, header);
      out.writeFixed32(Model.HEADER_CRC32C_FIELD_NUMBER, Checksum.of(header));
      int unpadded =
          out.getTotalBytesWritten() + lengthFieldBytes(0) + lengthFieldBytes(payloadLength);
      out.writeByteArray(
          Model.PADDING_FIELD_NUMBER, new byte[(int) (Alignment.roundUp(unpadded) - unpadded)]);
      out.writeTag(Model.WEIGHTS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt64NoTag(payloadLength);
      out.flush();
    } catch (IOException e) {
      throw new AssertionError("an array cannot fail to be written", e);
    }
    return bytes.toByteArray();
  }

  private static int lengthFieldBytes(long length) {
    return 1 + CodedOutputStream.computeUInt64SizeNoTag(length);
  }
}
