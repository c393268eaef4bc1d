// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.lstm4j.tools.DType;

/** Moves elements of any type as bits, from a file's byte order to this machine's. */
public final class Elements {
  private Elements() {}

  /**
   * Copies elements that lie one after the other.
   *
   * @param order of the source
   * @param target as large as the source
   */
  public static void toNativeOrder(
      MemorySegment source, ByteOrder order, DType dtype, MemorySegment target) {
    MemorySegment.copy(
        source,
        layout(dtype, order),
        0,
        target,
        layout(dtype, ByteOrder.nativeOrder()),
        0,
        source.byteSize() / dtype.bytes());
  }

  /**
   * Copies elements that lie a number of elements apart.
   *
   * @param from the first one's index in the source
   * @param stride from one to the next, in elements
   * @param to index in the target, where they come to lie one after the other
   * @param count how many
   */
  public static void gather(
      MemorySegment source,
      ByteOrder order,
      DType dtype,
      long from,
      long stride,
      MemorySegment target,
      long to,
      long count) {
    ValueLayout sourceLayout = layout(dtype, order);
    ValueLayout targetLayout = layout(dtype, ByteOrder.nativeOrder());
    int bytes = dtype.bytes();
    for (long i = 0; i < count; i++) {
      MemorySegment.copy(
          source,
          sourceLayout,
          (from + i * stride) * bytes,
          target,
          targetLayout,
          (to + i) * bytes,
          1);
    }
  }

  private static ValueLayout layout(DType dtype, ByteOrder order) {
    ValueLayout layout =
        switch (dtype.bytes()) {
          case 1 -> JAVA_BYTE;
          case 2 -> JAVA_SHORT_UNALIGNED;
          case 4 -> JAVA_INT_UNALIGNED;
          default -> JAVA_LONG_UNALIGNED;
        };
    return layout.withOrder(order);
  }
}
