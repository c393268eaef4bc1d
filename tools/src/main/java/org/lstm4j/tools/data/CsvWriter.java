// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;

/**
 * Writes numbers, or text, as CSV, one row a line, in UTF-8 and with line feeds. Each float is
 * written with the fewest digits that read back as the same float ({@link Float#toString(float)}).
 *
 * <p>A {@code System.out} hides that its reader is gone; to notice it, give this a {@code
 * FileOutputStream} of {@code FileDescriptor.out}. An instance belongs to one thread at a time.
 */
public final class CsvWriter implements Closeable, Flushable {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

  private final BufferedWriter writer;
  private final boolean flushEachLine;

  private CsvWriter(OutputStream out, boolean flushEachLine) {
    this.writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    this.flushEachLine = flushEachLine;
  }

  /**
   * Returns a writer that gathers lines until it is flushed or closed: for files.
   *
   * @param out closed by {@link #close()}
   */
  public static CsvWriter buffered(OutputStream out) {
    return new CsvWriter(out, false);
  }

  /**
   * Returns a writer that passes on each line when it ends: for pipes and terminals.
   *
   * @param out closed by {@link #close()}
   */
  public static CsvWriter streaming(OutputStream out) {
    return new CsvWriter(out, true);
  }

  /**
   * Writes the names of the columns; call it before any row, or not at all.
   *
   * @throws IOException if the stream fails
   */
  public void writeHeader(List<String> names) throws IOException {
    writeRow(names);
  }

  /**
   * Writes one row of text, quoted where it has to be.
   *
   * @throws IOException if the stream fails
   */
  public void writeRow(List<String> fields) throws IOException {
    for (int i = 0; i < fields.size(); i++) {
      FORMAT.print(fields.get(i), writer, i == 0);
    }
    endLine();
  }

  /**
   * Writes one row.
   *
   * @throws IOException if the stream fails
   */
  public void writeRow(float[] row) throws IOException {
    writeRow(row, 0, row.length);
  }

  /**
   * Writes one row out of a longer array, such as one time step of a sequence.
   *
   * @param offset the index of the row's first element
   * @param length the number of columns
   * @throws IndexOutOfBoundsException if the row leaves the array
   * @throws IOException if the stream fails
   */
  public void writeRow(float[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    for (int i = offset; i < offset + length; i++) {
      FORMAT.print(Float.toString(values[i]), writer, i == offset);
    }
    endLine();
  }

  /** Passes on the lines gathered. */
  @Override
  public void flush() throws IOException {
    writer.flush();
  }

  /** Passes on the lines gathered and closes the stream. */
  @Override
  public void close() throws IOException {
    writer.close();
  }

  private void endLine() throws IOException {
    FORMAT.println(writer);
    if (flushEachLine) {
      flush();
    }
  }
}
