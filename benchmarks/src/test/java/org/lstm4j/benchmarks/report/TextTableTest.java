// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void columnsAreInLine() {
    assertEquals(
        """
        row            us
        step 1x8      0.1
        step 128x256   17
        """,
        table().text());
  }

  @Test
  void markdownHasARuleBelowItsHeader() {
    assertEquals(
        """
        | row          |  us |
        |---|---:|
        | step 1x8     | 0.1 |
        | step 128x256 |  17 |
        """,
        table().markdown());
  }

  @Test
  void aRowOfAnotherLengthIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> table().add(List.of("alone")));
  }

  private static TextTable table() {
    TextTable table = new TextTable(List.of("row", "us"));
    table.add(List.of("step 1x8", "0.1"));
    table.add(List.of("step 128x256", "17"));
    return table;
  }
}
