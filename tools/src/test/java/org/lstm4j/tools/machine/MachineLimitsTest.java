// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineLimitsTest {
  @Test
  void everyLevelAndTheArithmeticAreMeasured() {
    Caches caches = new Caches(List.of(1L << 14, 1L << 18));
    MachineLimits limits = MachineLimits.measure(caches, Duration.ofMillis(5), 1L << 20);

    assertTrue(Double.isFinite(limits.flopsPerSecond()) && limits.flopsPerSecond() > 0);
    assertTrue(limits.lanes() >= 1);
    assertEquals(
        List.of("L1", "L2", "memory"), limits.levels().stream().map(MemoryLevel::name).toList());
    for (MemoryLevel level : limits.levels()) {
      assertTrue(level.measuredBytes() > 0 && level.measuredBytes() <= level.bytes());
      assertTrue(Double.isFinite(level.bytesPerSecond()) && level.bytesPerSecond() > 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, L1", "100, L1", "101, L2", "1000, L2", "1001, memory"})
  void bytesBelongToTheSmallestLevelThatHoldsThem(long bytes, String name) {
    MachineLimits limits =
        new MachineLimits(
            16,
            true,
            1e11,
            List.of(
                new MemoryLevel("L1", 100, 50, 3e11),
                new MemoryLevel("L2", 1000, 300, 2e11),
                new MemoryLevel("memory", Long.MAX_VALUE, 2000, 1e10)));

    assertEquals(name, limits.level(bytes).name());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 512, 513, 100_000})
  void aBufferOfAnySizeCanBeRead(long bytes) {
    double rate = MachineLimits.readBytesPerSecond(bytes, Duration.ofMillis(5));

    assertTrue(Double.isFinite(rate) && rate > 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void noBufferCannotBeRead(long bytes) {
    assertThrows(IllegalArgumentException.class, () -> MachineLimits.readBytesPerSecond(bytes));
  }
}
