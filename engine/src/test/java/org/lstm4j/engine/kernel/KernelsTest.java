// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("numeric")
class KernelsTest {
  private static final int LARGEST = 300;

  @Test
  void vectorsAreUsedWhereTheirModuleIs() {
    assertEquals(
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), Kernels.vectors());
  }

  @Test
  void vectorsAreAsWideAsMakesThemFewestAndNoWider() {
    for (int units = 1; units <= LARGEST; units++) {
      PackedGates layout = Kernels.layout(4, units, 1);
      PackedGates widest = new PackedGates(4, units, 1, Kernels.maxLanes());
      assertEquals(widest.vectors(), layout.vectors());
      if (layout.lanes() > 4) {
        PackedGates half = new PackedGates(4, units, 1, layout.lanes() / 2);
        assertTrue(half.vectors() > layout.vectors(), () -> layout + " but not " + half);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 33, 40, 64, 1000})
  void matricesThatMeetInOneRowShareTheirLanes(int units) {
    assertEquals(Kernels.layout(4, units, 1).lanes(), Kernels.layout(4, units, 77).lanes());
  }

  @ParameterizedTest
  @CsvSource({
    "4, 4",
    "8, 8",
    "16, 16",
    "9, 16",
    "20, 16",
    "40, 16",
    "64, 16",
    "100, 16",
    "1000, 16"
  })
  void onSixteenLanesTheSizeDecides(int units, int lanes) {
    assumeTrue(Kernels.maxLanes() == 16, "this machine has narrower vectors");

    assertEquals(lanes, Kernels.layout(4, units, 1).lanes());
  }

  @ParameterizedTest
  @CsvSource({"16, 4, 4", "16, 8, 8", "16, 16, 16", "8, 16, 8", "4, 8, 4", "16, , 16"})
  void thePropertyNarrowsVectorsAndNeverWidensThem(int widest, String property, int lanes) {
    assertEquals(lanes, Kernels.narrowed(widest, property));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "32", "0", "-4", "eight", " 8"})
  void anotherWidthIsRefused(String property) {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> Kernels.narrowed(16, property));
    assertEquals("lstm4j.lanes must be 4, 8 or 16, not " + property, e.getMessage());
  }
}
