// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Floats are little-endian in a file, and in the machine's own order in memory. */
final class LittleEndian {
  private LittleEndian() {}

  /**
   * Converts floats in place, either way.
   *
   * @param floats in one order, to be in the other
   * @param memoryOrder the order that is not the file's; where it is, nothing happens
   */
  static void convert(MemorySegment floats, ByteOrder memoryOrder) {
    if (memoryOrder != ByteOrder.LITTLE_ENDIAN) {
      // As ints, so that no NaN is touched.
      ValueLayout.OfInt from = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
      ValueLayout.OfInt to = ValueLayout.JAVA_INT_UNALIGNED.withOrder(memoryOrder);
      MemorySegment.copy(floats, from, 0, floats, to, 0, floats.byteSize() / Integer.BYTES);
    }
  }
}
