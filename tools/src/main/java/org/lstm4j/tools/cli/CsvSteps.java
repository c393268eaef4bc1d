// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFormatException;

/** What a row of CSV has to be to serve as a time step of a network. */
final class CsvSteps {
  /** Up to here a float holds every whole number exactly. */
  private static final float MAX_TOKEN = 1 << 24;

  private CsvSteps() {}

  static void requireColumns(Network network, int columns, String source)
      throws ModelFormatException {
    int expected = network.takesTokens() ? 1 : network.inputSize();
    if (columns != expected) {
      throw new ModelFormatException(
          "%s: has %d columns where this network takes %s; give every row that many"
              .formatted(
                  source,
                  columns,
                  network.takesTokens() ? "1, the token" : expected + ", one a feature"));
    }
  }

  /** The tokens of all rows. */
  static int[] tokens(Network network, float[] rows, String source) throws ModelFormatException {
    int[] tokens = new int[rows.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = token(network, rows[i], i + 1L, source);
    }
    return tokens;
  }

  /** The token of one row, whose number is for messages only. */
  static int token(Network network, float value, long row, String source)
      throws ModelFormatException {
    int token = (int) value;
    if (token != value || Math.abs(value) > MAX_TOKEN) {
      throw new ModelFormatException(
          "%s: row %d holds %s where this network takes tokens; give whole numbers"
              .formatted(source, row, value));
    }
    if (token < 0 || token >= network.inputSize()) {
      throw new ModelFormatException(
          "%s: row %d holds the token %d, but this network takes tokens from 0 to %d"
              .formatted(source, row, token, network.inputSize() - 1));
    }
    return token;
  }
}
