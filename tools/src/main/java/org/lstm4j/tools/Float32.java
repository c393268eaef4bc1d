// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Floating-point elements of any stored type as float32. */
final class Float32 {
  private static final long ALIGNMENT = 64;

  private Float32() {}

  /** The elements as float32, all in native byte order; the segment itself if it holds them. */
  static MemorySegment of(DType dtype, MemorySegment data) {
    if (dtype == DType.FLOAT32) {
      return data;
    }
    long size = data.byteSize() / dtype.bytes();
    MemorySegment floats =
        Arena.ofAuto().allocate(Math.max(1, size) * Float.BYTES, ALIGNMENT).asSlice(0, size * 4);
    for (long i = 0; i < size; i++) {
      floats.setAtIndex(JAVA_FLOAT, i, element(dtype, data, i));
    }
    return floats;
  }

  private static float element(DType dtype, MemorySegment data, long index) {
    return switch (dtype) {
      case FLOAT64 -> (float) data.getAtIndex(JAVA_DOUBLE_UNALIGNED, index);
      case FLOAT16 -> Float.float16ToFloat(data.getAtIndex(JAVA_SHORT_UNALIGNED, index));
      case BFLOAT16 ->
          Float.intBitsToFloat(data.getAtIndex(JAVA_SHORT_UNALIGNED, index) << Short.SIZE);
      default -> throw new IllegalArgumentException("no floating-point type: " + dtype);
    };
  }

  /** Whether a finite float64 element has no finite float32 near it. */
  static boolean overflows(StoredTensor tensor) {
    if (tensor.dtype() != DType.FLOAT64) {
      return false;
    }
    for (long i = 0; i < tensor.size(); i++) {
      double stored = tensor.data().getAtIndex(JAVA_DOUBLE_UNALIGNED, i);
      if (Double.isFinite(stored) && Float.isInfinite((float) stored)) {
        return true;
      }
    }
    return false;
  }
}
