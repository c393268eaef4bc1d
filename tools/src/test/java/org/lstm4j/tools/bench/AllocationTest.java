// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllocationTest {
  private Object kept;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatACallAllocatesIsCounted(int threads) {
    double bytes = Allocation.on(threads).bytesPerCall(_ -> kept = new byte[1000], 100);

    assertTrue(bytes >= 1000, bytes + " bytes");
    assertTrue(kept != null);
  }

  @Test
  void callsThatAllocateNothingCountAsNothing() {
    IntConsumer nothing = _ -> {};
    Allocation allocation = Allocation.on(1);
    allocation.bytesPerCall(nothing, 100);

    assertEquals(0, allocation.bytesPerCall(nothing, 100));
  }
}
