// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.lstm4j.format.ModelFormatException;

/**
 * Reads lines of UTF-8 as they arrive. Unlike {@link BufferedReader#readLine} it bounds what a line
 * may take of the heap, and refuses what is no text. Belongs to one thread at a time.
 */
final class LineReader implements Closeable {
  private static final int MAX_CHARACTERS = 1 << 20;
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  // What the decoder puts in the place of bytes that are not UTF-8.
  private static final char REPLACEMENT = '\uFFFD';

  private final BufferedReader reader;
  private final String name;
  private final StringBuilder line = new StringBuilder();
  private long lineNumber;

  /**
   * Creates a reader.
   *
   * @param name what messages call the stream
   */
  LineReader(InputStream in, String name) {
    this.reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    this.name = name;
  }

  /** Returns the number of the line last returned, counted from 1. */
  long lineNumber() {
    return lineNumber;
  }

  /**
   * Returns the next line without its end, {@code null} after the last.
   *
   * @throws ModelFormatException if the line is no text, or longer than a mebibyte
   */
  String next() throws IOException {
    line.setLength(0);
    lineNumber++;
    int c = reader.read();
    if (c == BYTE_ORDER_MARK && lineNumber == 1) {
      c = reader.read();
    }
    if (c < 0) {
      return null;
    }
    for (; c >= 0 && c != '\n'; c = reader.read()) {
      append((char) c);
    }
    int end = line.length() - 1;
    if (end >= 0 && line.charAt(end) == '\r') {
      line.setLength(end);
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private void append(char c) throws ModelFormatException {
    if (c == 0 || c == REPLACEMENT) {
      throw new ModelFormatException(
          "%s: line %d is no text in UTF-8; store the table as CSV in UTF-8"
              .formatted(name, lineNumber));
    }
    if (line.length() == MAX_CHARACTERS) {
      throw new ModelFormatException(
          "%s: line %d is longer than a mebibyte; put one time step on a line"
              .formatted(name, lineNumber));
    }
    line.append(c);
  }
}
