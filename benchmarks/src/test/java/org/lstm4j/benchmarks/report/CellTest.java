// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CellTest {
  @Test
  void ofTwoRoundsTheLeastTimeCountsAndTheLargestDifference() {
    Cell first = new Cell.Measured(3, 1e-7);
    Cell second = new Cell.Measured(2, 1e-8);

    assertEquals(new Cell.Measured(2, 1e-7), Cell.lessOf(first, second));
    assertEquals(new Cell.Measured(2, 1e-7), Cell.lessOf(second, first));
  }

  @Test
  void anEngineThatFailsInOneRoundHasNoTime() {
    Cell measured = new Cell.Measured(3, 0);
    Cell failed = new Cell.NotRun("it crashed");

    assertEquals(failed, Cell.lessOf(measured, failed));
    assertEquals(failed, Cell.lessOf(failed, measured));
  }
}
