// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.lstm4j.format.ModelFormatException;

/**
 * A table of numbers: one row a time step, one column a feature. Immutable, hence safe to share
 * between threads.
 */
public final class CsvSeries {
  private final CsvColumns columns;
  private final int rowCount;
  // Row by row; the end may be unused.
  private final float[] values;

  private CsvSeries(CsvColumns columns, int rowCount, float[] values) {
    this.columns = columns;
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

  /**
   * Reads some columns of a file. What the others hold does not matter; it may be text.
   *
   * @param names of the columns, or their indices, in the order that the series has them
   * @throws IllegalArgumentException if there is no such column
   * @throws ModelFormatException as {@link #read(Path, NonFinite)}
   * @throws IOException if the file cannot be read
   */
  public static CsvSeries read(Path file, NonFinite nonFinite, List<String> names)
      throws IOException {
    try (CsvReader reader = CsvReader.open(file, nonFinite)) {
      CsvColumns all = CsvColumns.of(reader, file.toString());
      if (all.count() == 0) {
        throw noRow(file.toString());
      }
      int[] chosen = names.stream().mapToInt(all::index).toArray();
      CsvColumns some = new CsvColumns(file.toString(), List.copyOf(names), names.size());
      return read(reader, chosen, some);
    }
  }

  private static CsvSeries read(CsvReader reader, String name) throws IOException {
    CsvColumns all = CsvColumns.of(reader, name);
    return read(reader, IntStream.range(0, all.count()).toArray(), all);
  }

  private static CsvSeries read(CsvReader reader, int[] chosen, CsvColumns columns)
      throws IOException {
    HeapBudget budget = new HeapBudget();
    float[] values = new float[0];
    int filled = 0;
    for (List<String> cells = reader.readCells(); !cells.isEmpty(); cells = reader.readCells()) {
      if (chosen.length > values.length - filled) {
        values = grow(values, (long) filled + chosen.length, budget, columns.source());
      }
      for (int column : chosen) {
        values[filled] = reader.number(cells, column);
        filled++;
      }
    }
    if (filled == 0) {
      throw noRow(columns.source());
    }
    return new CsvSeries(columns, filled / chosen.length, values);
  }

  private static ModelFormatException noRow(String name) {
    return new ModelFormatException(
        "%s: holds no row of numbers; give it one row a time step".formatted(name));
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
    return columns.header();
  }

  /** Returns the number of columns. */
  public int columnCount() {
    return columns.count();
  }

  /** Returns the number of rows, which are time steps. */
  public int rowCount() {
    return rowCount;
  }

  /** Returns all values in a new array of shape (rows, columns), row by row. */
  public float[] values() {
    return Arrays.copyOf(values, rowCount * columnCount());
  }

  /**
   * Returns one column in a new array.
   *
   * @param column its index, counted from 0
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public float[] column(int column) {
    Objects.checkIndex(column, columnCount());
    float[] result = new float[rowCount];
    for (int row = 0; row < rowCount; row++) {
      result[row] = values[row * columnCount() + column];
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
    return columns.index(nameOrIndex);
  }
}
