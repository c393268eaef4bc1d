// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The columns of a table.
 *
 * @param source what messages call the table
 * @param header the names of the columns, empty if the table has none
 * @param count how many there are
 */
public record CsvColumns(String source, List<String> header, int count) {
  // How many columns a message names.
  private static final int LISTED = 20;

  /**
   * The columns of what a reader reads. Waits for the first row.
   *
   * @param source what messages call it
   * @throws IOException as {@link CsvReader#header()}
   */
  public static CsvColumns of(CsvReader reader, String source) throws IOException {
    return new CsvColumns(source, reader.header(), reader.columnCount());
  }

  /** {@return what a column is called: by its name, or by its index where it has none} */
  public String name(int index) {
    return header.isEmpty() ? Integer.toString(index) : header.get(index);
  }

  /**
   * Returns the index of a column, counted from 0.
   *
   * @param nameOrIndex a name out of the header or, where no column has that name, an index
   * @throws IllegalArgumentException if no column, or more than one, has this name, and it is no
   *     index either
   */
  public int index(String nameOrIndex) {
    int index = header.indexOf(nameOrIndex);
    if (index != header.lastIndexOf(nameOrIndex)) {
      throw new IllegalArgumentException(
          "%s: has more than one column '%s'; give its index, counted from 0"
              .formatted(source, nameOrIndex));
    }
    return index >= 0 ? index : parseIndex(nameOrIndex);
  }

  private int parseIndex(String text) {
    try {
      int index = Integer.parseInt(text);
      if (index >= 0 && index < count) {
        return index;
      }
    } catch (NumberFormatException _) {
      // Neither a name nor an index: the sentence below says so for both.
    }
    throw new IllegalArgumentException(
        "%s: has no column '%s'; give an index from 0 to %d%s"
            .formatted(source, Text.abbreviate(text), count - 1, alternatives()));
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
