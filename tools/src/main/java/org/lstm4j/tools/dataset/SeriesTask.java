// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.util.HashSet;
import java.util.List;

/**
 * What is forecast from what. A window of time steps of some columns is read, and all time steps up
 * to the horizon of some columns, the same or others, are forecast from it.
 *
 * @param inputs names or indices of the columns that are read
 * @param targets those of the columns that are forecast
 * @param window time steps that a forecast reads, at least 1
 * @param horizon time steps that it goes ahead, at least 1
 */
public record SeriesTask(List<String> inputs, List<String> targets, int window, int horizon) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there are no columns, if one is given twice, or if window
   *     or horizon is less than 1
   */
  public SeriesTask {
    inputs = List.copyOf(inputs);
    targets = List.copyOf(targets);
    requireColumns("input", inputs);
    requireColumns("target", targets);
    requirePositive("window", window);
    requirePositive("horizon", horizon);
  }

  private static void requireColumns(String side, List<String> columns) {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("a forecast needs at least one %s column".formatted(side));
    }
    if (new HashSet<>(columns).size() < columns.size()) {
      throw new IllegalArgumentException(
          "the %s columns %s name one twice; give each once".formatted(side, columns));
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "the %s is at least 1 time step, not %d".formatted(name, value));
    }
  }

  /** {@return features that a network for this gives: the targets of each time step to come} */
  public int outputSize() {
    return Math.multiplyExact(targets.size(), horizon);
  }

  /** {@return rows of a table that one window and what follows it take} */
  long rows() {
    return (long) window + horizon;
  }
}
