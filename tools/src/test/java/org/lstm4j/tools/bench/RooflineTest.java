// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lstm4j.tools.machine.MachineLimits;
import org.lstm4j.tools.machine.MemoryLevel;

class RooflineTest {
  @Test
  void theSlowerOfReadingAndArithmeticIsTheLimit() {
    Roofline reading = new Roofline(1000, 4000, 1e9, 1e9);
    assertEquals(1000, reading.arithmeticNanos(), 1e-9);
    assertEquals(4000, reading.readingNanos(), 1e-9);
    assertEquals(4000, reading.leastNanos(), 1e-9);
    assertTrue(reading.isBoundByReading());

    Roofline arithmetic = new Roofline(32_000, 4000, 1e9, 1e9);
    assertEquals(32_000, arithmetic.leastNanos(), 1e-9);
    assertFalse(arithmetic.isBoundByReading());
  }

  @Test
  void eachThreadHasACoreOfItsOwn() {
    double impossible = 1e18;
    MachineLimits machine =
        new MachineLimits(
            16, true, 1e9, List.of(new MemoryLevel("memory", 1L << 40, 1, impossible)));

    Roofline roofline = Roofline.of(machine, 2, 1000, 4000, 4000);

    assertEquals(2e9, roofline.flopsPerSecond());
    // What fits the first cache is read no slower than that.
    assertEquals(2 * impossible, roofline.readBytesPerSecond());
  }
}
