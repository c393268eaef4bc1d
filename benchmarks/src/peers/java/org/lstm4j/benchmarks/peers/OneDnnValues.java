// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;

/** Moves floats into and out of oneDNN's memory, converted to what it holds. */
final class OneDnnValues {
  /** Numbers in [-1, 1] become {@code SCALE * x + SHIFT}. */
  static final float SCALE = 127;

  static final float SHIFT = 128;

  private final memory.data_type type;
  private final FloatPointer floats;
  private final ShortPointer shorts;
  private final BytePointer bytes;
  private final short[] halves;
  private final byte[] integers;

  OneDnnValues(memory data, memory.data_type type, int elements) {
    this.type = type;
    floats = new FloatPointer(data.get_data_handle()).capacity(elements);
    shorts = new ShortPointer(data.get_data_handle()).capacity(elements);
    bytes = new BytePointer(data.get_data_handle()).capacity(elements);
    halves = new short[type == memory.data_type.bf16 ? elements : 0];
    integers = new byte[type == memory.data_type.u8 ? elements : 0];
  }

  void write(float[] values) {
    switch (type) {
      case f32 -> floats.put(values);
      case bf16 -> {
        for (int i = 0; i < halves.length; i++) {
          halves[i] = toBfloat16(values[i]);
        }
        shorts.put(halves);
      }
      case u8 -> {
        for (int i = 0; i < integers.length; i++) {
          integers[i] = (byte) Math.round(values[i] * SCALE + SHIFT);
        }
        bytes.put(integers);
      }
      default -> throw new IllegalStateException(type.toString());
    }
  }

  void read(float[] values) {
    switch (type) {
      case f32 -> floats.get(values);
      case bf16 -> {
        shorts.get(halves);
        for (int i = 0; i < halves.length; i++) {
          values[i] = Float.intBitsToFloat(halves[i] << 16);
        }
      }
      default -> throw new IllegalStateException(type.toString());
    }
  }

  /** To nearest, ties to even. */
  private static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
