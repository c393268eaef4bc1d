// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.lstm4j.format.ModelFormatException;

/**
 * Reads numbers from CSV line by line: a line is a row, and a row is one time step.
 *
 * <p>Text is UTF-8, cells are separated by commas and may be quoted, and space around them is
 * ignored. A first row without a single number is a header of column names. Every row has as many
 * cells as the first. Empty lines may stand at the end only.
 *
 * <p>A row is returned as soon as its line has arrived; nothing behind it is waited for. An
 * instance belongs to one thread at a time.
 */
public final class CsvReader implements Closeable {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setIgnoreSurroundingSpaces(true).get();

  private final LineReader lines;
  private final String name;
  private final NonFinite nonFinite;

  private boolean started;
  private List<String> header = List.of();
  private int columnCount;
  // The first row where it is not a header: read to tell that, and not yet returned.
  private List<String> firstRow = List.of();

  /**
   * Creates a reader of a stream, such as standard input. Nothing is read yet.
   *
   * @param in closed by {@link #close()}; needs no buffer of its own
   * @param nameForErrors what messages call the stream
   */
  public CsvReader(InputStream in, String nameForErrors, NonFinite nonFinite) {
    this.lines = new LineReader(in, nameForErrors);
    this.name = nameForErrors;
    this.nonFinite = nonFinite;
  }

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be read
   */
  public static CsvReader open(Path file, NonFinite nonFinite) throws IOException {
    InputFiles.requireReadable(file);
    return new CsvReader(Files.newInputStream(file), file.toString(), nonFinite);
  }

  /**
   * Returns the names of the columns, empty if the first row holds a number. Waits for that row.
   *
   * @throws ModelFormatException if the first row is no text
   * @throws IOException if reading fails
   */
  public List<String> header() throws IOException {
    start();
    return header;
  }

  /**
   * Returns the number of cells in every row, 0 if the input is empty. Waits for the first row.
   *
   * @throws ModelFormatException if the first row is no text
   * @throws IOException if reading fails
   */
  public int columnCount() throws IOException {
    start();
    return columnCount;
  }

  /**
   * Reads the next row.
   *
   * @param row receives one float a column; as long as {@link #columnCount()}
   * @return whether there was a further row
   * @throws IllegalArgumentException if {@code row} has another length; nothing is read then
   * @throws ModelFormatException if the row has more or fewer cells than the first, or a cell is no
   *     number; the reader is of no further use then
   * @throws IOException if reading fails
   */
  public boolean readRow(float[] row) throws IOException {
    start();
    if (row.length != columnCount) {
      throw new IllegalArgumentException(
          "a row of %d columns does not fit an array of %d".formatted(columnCount, row.length));
    }
    List<String> cells = readCells();
    if (cells.isEmpty()) {
      return false;
    }
    for (int i = 0; i < row.length; i++) {
      row[i] = number(cells, i);
    }
    return true;
  }

  /**
   * Reads the next row as text, for tables of which some columns hold none but names or dates.
   *
   * @return one cell a column, none after the last row
   * @throws ModelFormatException if the row has more or fewer cells than the first; the reader is
   *     of no further use then
   * @throws IOException if reading fails
   */
  public List<String> readCells() throws IOException {
    start();
    List<String> cells = firstRow.isEmpty() ? nextCells() : firstRow;
    firstRow = List.of();
    if (!cells.isEmpty() && cells.size() != columnCount) {
      throw fault(
          "%d cells where the first row has %d; give every row the same columns"
              .formatted(cells.size(), columnCount));
    }
    return cells;
  }

  /**
   * Returns a cell of the row that was read last as a number.
   *
   * @param cells of that row
   * @param column the cell's index, counted from 0
   * @throws ModelFormatException if the cell is no number
   */
  public float number(List<String> cells, int column) throws ModelFormatException {
    try {
      return Decimal.parse(cells.get(column), nonFinite);
    } catch (NumberFormatException e) {
      throw fault("column %s %s".formatted(column(column), e.getMessage()));
    }
  }

  /**
   * What is wrong with the row that was read last.
   *
   * @param sentence goes on after the file's name and the line
   * @return to be thrown
   */
  public ModelFormatException fault(String sentence) {
    return new ModelFormatException(
        "%s: line %d, %s".formatted(name, lines.lineNumber(), sentence));
  }

  /** Closes the stream. */
  @Override
  public void close() throws IOException {
    lines.close();
  }

  private void start() throws IOException {
    if (started) {
      return;
    }
    List<String> cells = nextCells();
    started = true;
    columnCount = cells.size();
    if (cells.stream().anyMatch(Decimal::isNumber) || cells.stream().allMatch(String::isEmpty)) {
      firstRow = cells;
    } else {
      header = List.copyOf(cells);
    }
  }

  /** Returns the cells of the next row, none at the end. */
  private List<String> nextCells() throws IOException {
    String line = lines.next();
    if (line == null) {
      return List.of();
    }
    if (line.isBlank()) {
      requireNoFurtherRow();
      return List.of();
    }
    return split(line);
  }

  private void requireNoFurtherRow() throws IOException {
    long emptyLine = lines.lineNumber();
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (!line.isBlank()) {
        throw new ModelFormatException(
            "%s: line %d is empty; remove it, a line is a time step".formatted(name, emptyLine));
      }
    }
  }

  private List<String> split(String line) throws ModelFormatException {
    try (CSVParser parser = CSVParser.parse(new StringReader(line), FORMAT)) {
      List<CSVRecord> records = parser.getRecords();
      if (records.size() == 1) {
        return records.getFirst().toList();
      }
    } catch (IOException | UncheckedIOException _) {
      throw fault("a quote is out of place; quote whole cells, or none");
    }
    throw fault("a carriage return is inside; end lines with a line feed");
  }

  private String column(int i) {
    return header.isEmpty()
        ? Integer.toString(i + 1)
        : "%d ('%s')".formatted(i + 1, Text.abbreviate(header.get(i)));
  }
}
