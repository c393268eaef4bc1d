// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class LittleEndianTest {
  private final byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8};

  @Test
  void floatsOfABigEndianMachineAreReversedAndBack() {
    LittleEndian.convert(MemorySegment.ofArray(bytes), ByteOrder.BIG_ENDIAN);
    assertArrayEquals(new byte[] {4, 3, 2, 1, 8, 7, 6, 5}, bytes);
    LittleEndian.convert(MemorySegment.ofArray(bytes), ByteOrder.BIG_ENDIAN);
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, bytes);
  }

  @Test
  void floatsOfALittleEndianMachineStayAsTheyAre() {
    LittleEndian.convert(MemorySegment.ofArray(bytes), ByteOrder.LITTLE_ENDIAN);
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, bytes);
  }
}
