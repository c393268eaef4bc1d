// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What a file's tensors take together is bounded by the file's size. */
class TensorMemoryTest {
  private static final int MIB = 1 << 20;

  @Test
  void aFileHasSeveralTimesItsSize() {
    TensorMemory memory = new TensorMemory(MIB);
    for (int i = 0; i < 8; i++) {
      assertEquals(MIB, memory.allocate(MIB, "w").byteSize());
    }
  }

  @Test
  void tensorsShareTheBound() {
    TensorMemory memory = new TensorMemory(0);
    memory.allocate(10 * MIB, "a");
    Refusal refusal = assertThrows(Refusal.class, () -> memory.allocate(10 * MIB, "b"));
    assertTrue(refusal.getMessage().startsWith("b takes"), refusal.getMessage());
  }

  @Test
  void terabytesAreRefusedBeforeTheyAreTaken() {
    assertThrows(Refusal.class, () -> new TensorMemory(MIB).allocate(Long.MAX_VALUE, "w"));
  }

  @Test
  void noBytesAreNoProblem() {
    assertEquals(0, new TensorMemory(0).allocate(0, "w").byteSize());
  }
}
