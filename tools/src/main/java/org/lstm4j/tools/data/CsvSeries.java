// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.lstm4j.format.ModelFormatException;

/**
 * A table of numbers: one row a time step, one column a feature. Immutable, hence safe to share
 * between threads.
 */
public final class CsvSeries {
  // How many columns a message names.
  private static final int LISTED = 20;

  private final String name;
  private final List<String> header;
  private final int columnCount;
  private final int rowCount;
  // Row by row; the end may be unused.
  private final float[] values;

  private CsvSeries(
      String name, List<String> header, int columnCount, int rowCount, float[] values) {
    this.name = name;
    this.header = header;
    this.columnCount = columnCount;
    this.rowCount = rowCount;
    this.values = values;
  }

  /**
   * Reads a whole file; see {@link CsvReader} for what may be in it.
   *
   * @throws ModelFormatException if the file is no such table, has no rows, or is larger than the
   *     heap allows
   * @throws IOException if the file cannot be read
   */
  public static CsvSeries read(Path file, NonFinite nonFinite) throws IOException {
    try (CsvReader reader = CsvReader.open(file, nonFinite)) {
      return read(reader, file.toString());
    }
  }

  private static CsvSeries read(CsvReader reader, String name) throws IOException {
    HeapBudget budget = new HeapBudget();
    float[] row = new float[reader.columnCount()];
    float[] values = new float[0];
    int filled = 0;
    while (reader.readRow(row)) {
      if (row.length > values.length - filled) {
        values = grow(values, (long) filled + row.length, budget, name);
      }
      System.arraycopy(row, 0, values, filled, row.length);
      filled += row.length;
    }
    if (filled == 0) {
      throw new ModelFormatException(
          "%s: holds no row of numbers; give it one row a time step".formatted(name));
    }
    return new CsvSeries(name, reader.header(), row.length, filled / row.length, values);
  }

  private static float[] grow(float[] values, long needed, HeapBudget budget, String name)
      throws ModelFormatException {
    long roomy = Math.min(Integer.MAX_VALUE - 8, values.length * 3L / 2);
    long length = Math.max(needed, roomy);
    // Twice, since values() returns a copy.
    budget.reserve(2 * Float.BYTES * (length - values.length), name);
    return Arrays.copyOf(values, Math.toIntExact(length));
  }

  /** Returns the names of the columns, empty if the file has none. */
  public List<String> header() {
    return header;
  }

  /** Returns the number of columns. */
  public int columnCount() {
    return columnCount;
  }

  /** Returns the number of rows, which are time steps. */
  public int rowCount() {
    return rowCount;
  }

  /** Returns all values in a new array of shape (rows, columns), row by row. */
  public float[] values() {
    return Arrays.copyOf(values, rowCount * columnCount);
  }

  /**
   * Returns one column in a new array.
   *
   * @param column its index, counted from 0
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public float[] column(int column) {
    Objects.checkIndex(column, columnCount);
    float[] result = new float[rowCount];
    for (int row = 0; row < rowCount; row++) {
      result[row] = values[row * columnCount + column];
    }
    return result;
  }

  /**
   * Returns the index of a column, counted from 0.
   *
   * @param nameOrIndex a name out of the header or, where no column has that name, an index
   * @throws IllegalArgumentException if no column, or more than one, has this name, and it is no
   *     index either
   */
  public int columnIndex(String nameOrIndex) {
    int index = header.indexOf(nameOrIndex);
    if (index != header.lastIndexOf(nameOrIndex)) {
      throw new IllegalArgumentException(
          "%s: has more than one column '%s'; give its index, counted from 0"
              .formatted(name, nameOrIndex));
    }
    return index >= 0 ? index : parseIndex(nameOrIndex);
  }

  private int parseIndex(String text) {
    try {
      int index = Integer.parseInt(text);
      if (index >= 0 && index < columnCount) {
        return index;
      }
    } catch (NumberFormatException _) {
      // Neither a name nor an index: the sentence below says so for both.
    }
    throw new IllegalArgumentException(
        "%s: has no column '%s'; give an index from 0 to %d%s"
            .formatted(name, Text.abbreviate(text), columnCount - 1, alternatives()));
  }

  private String alternatives() {
    if (header.isEmpty()) {
      return "";
    }
    String names =
        header.stream().limit(LISTED).map(Text::abbreviate).collect(Collectors.joining(", "));
    return " or one of " + names + (header.size() > LISTED ? ", …" : "");
  }
}
