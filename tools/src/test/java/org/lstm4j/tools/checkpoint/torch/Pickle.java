// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode. */
final class Pickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A pickle of protocol 2. */
  static Pickle start() {
    return new Pickle().op(0x80, 2);
  }

  /** Bytes as they are. */
  Pickle op(int... bytes) {
    for (int value : bytes) {
      out.write(value);
    }
    return this;
  }

  /** Opcodes that are characters. */
  Pickle op(String opcodes) {
    out.writeBytes(opcodes.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  Pickle text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    op("X").int32(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  Pickle number(int value) {
    return op("J").int32(value);
  }

  Pickle number(long value) {
    return op(0x8a, 8).int64(value);
  }

  Pickle global(String module, String name) {
    return op("c" + module + "\n" + name + "\n");
  }

  Pickle int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  Pickle int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  /** The bytes, ended by STOP. */
  byte[] stop() {
    return op(".").bytes();
  }

  /** The bytes, not ended. */
  byte[] bytes() {
    return out.toByteArray();
  }
}
