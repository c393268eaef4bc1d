// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.format.ModelFormatException;

class CsvSeriesTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("in.csv");
  }

  @Test
  void holdsTheWholeTable() throws IOException {
    CsvSeries series = read("time,load\n0,1.5\n1,2.5\n2,3.5\n");

    assertEquals(List.of("time", "load"), series.header());
    assertEquals(2, series.columnCount());
    assertEquals(3, series.rowCount());
    assertArrayEquals(new float[] {0, 1.5f, 1, 2.5f, 2, 3.5f}, series.values());
    assertArrayEquals(new float[] {1.5f, 2.5f, 3.5f}, series.column(1));
  }

  @Test
  void growsWithALongTable() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < 10_000; row++) {
      text.append(row).append(',').append(-row).append('\n');
    }

    CsvSeries series = read(text.toString());

    assertEquals(10_000, series.rowCount());
    assertEquals(20_000, series.values().length);
    assertEquals(-9_999, series.column(1)[9_999]);
  }

  @Test
  void readsChosenColumnsBesideText() throws IOException {
    Files.writeString(file, "day,load,wind,note\nmonday,1.5,7,\ntuesday,2.5,8,storm\n");

    CsvSeries series = CsvSeries.read(file, NonFinite.REFUSE, List.of("wind", "1"));

    assertEquals(List.of("wind", "1"), series.header());
    assertArrayEquals(new float[] {7, 1.5f, 8, 2.5f}, series.values());
  }

  @ParameterizedTest
  @CsvSource({"time, 0", "load, 1", "0, 0", "1, 1"})
  void findsAColumnByNameAndElseByIndex(String nameOrIndex, int index) throws IOException {
    assertEquals(index, read("time,load\n1,2\n").columnIndex(nameOrIndex));
  }

  @ParameterizedTest
  @ValueSource(strings = {"price", "3", "-1", "", "1.0"})
  void namesTheColumnsThatThereAreIfOneIsMissing(String nameOrIndex) throws IOException {
    CsvSeries series = read("time,load,rain\n1,2,3\n");

    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> series.columnIndex(nameOrIndex));

    assertEquals(
        "%s: has no column '%s'; give an index from 0 to 2 or one of time, load, rain"
            .formatted(file, nameOrIndex),
        e.getMessage());
  }

  @Test
  void asksForAnIndexWhereANameStandsTwice() throws IOException {
    CsvSeries series = read("load,load\n1,2\n");

    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> series.columnIndex("load"));

    assertTrue(e.getMessage().contains("more than one column 'load'"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "time,load\n"})
  void refusesATableWithoutRows(String text) {
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> read(text));

    assertEquals(file + ": holds no row of numbers; give it one row a time step", e.getMessage());
  }

  @Test
  void saysThatAFileIsMissing() {
    NoSuchFileException e =
        assertThrows(NoSuchFileException.class, () -> CsvSeries.read(file, NonFinite.REFUSE));

    assertEquals(file + ": no such file; check the path", e.getMessage());
  }

  private CsvSeries read(String text) throws IOException {
    Files.writeString(file, text);
    return CsvSeries.read(file, NonFinite.REFUSE);
  }
}
