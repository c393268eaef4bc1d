// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** A table of text, for a terminal or as Markdown. The first column is aligned to the left. */
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * A table of no rows.
   *
   * @param header the columns
   */
  public TextTable(List<String> header) {
    rows.add(List.copyOf(header));
  }

  /**
   * Adds a row.
   *
   * @param cells as many as the header has
   */
  public void add(List<String> cells) {
    if (cells.size() != rows.getFirst().size()) {
      throw new IllegalArgumentException(
          "a row of " + cells.size() + " cells under " + rows.getFirst().size() + " columns");
    }
    rows.add(List.copyOf(cells));
  }

  /** {@return the table with its columns in line} */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      text.append(line(row, "  ").stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** {@return the table in Markdown} */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      text.append("| ").append(line(row, " | ")).append(" |\n");
      if (text.indexOf("\n") == text.length() - 1) { // below the header
        text.append("|---|").append("---:|".repeat(row.size() - 1)).append('\n');
      }
    }
    return text.toString();
  }

  private String line(List<String> row, String separator) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      String padding = " ".repeat(width(column) - row.get(column).length());
      line.append(column == 0 ? "" : separator);
      line.append(column == 0 ? row.get(column) + padding : padding + row.get(column));
    }
    return line.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
