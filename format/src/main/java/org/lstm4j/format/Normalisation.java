// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How the columns of a table become a network's features, and its outputs become columns again: x'
 * = (x - mean) / scale, and x = x' * scale + mean. Immutable.
 *
 * <p>A network that forecasts reads {@code window} time steps. It may give one feature for each
 * output column, its value {@code horizon} time steps after the last one that was read; or {@code
 * horizon} times as many, which are all output columns of the first time step to come, then those
 * of the next, and so on.
 *
 * @param inputs one column for each input feature
 * @param outputs the columns that come out; none where the outputs are not normalised
 * @param window the time steps that a forecast reads; 0 for a network that does not forecast
 * @param horizon how many time steps ahead a forecast goes; 0 for a network that does not forecast
 */
public record Normalisation(List<Column> inputs, List<Column> outputs, int window, int horizon) {
  /**
   * One column.
   *
   * @param name as in the head of the table
   * @param mean in the unit of the column
   * @param scale what one unit of the feature is in the unit of the column, for example the
   *     standard deviation
   */
  public record Column(String name, double mean, double scale) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the mean is not finite, or the scale not finite and above
     *     0
     */
    public Column {
      if (!Double.isFinite(mean)) {
        throw new IllegalArgumentException(
            "column %s needs a finite mean, not %s".formatted(name, mean));
      }
      if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "column %s needs a finite scale above 0, not %s".formatted(name, scale));
      }
    }
  }

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there is no input, if two inputs or two outputs have the
   *     same name, or if only one of window and horizon is above 0
   */
  public Normalisation {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("a normalisation needs at least one input column");
    }
    requireUnique("input", inputs);
    requireUnique("output", outputs);
    if (window < 0 || horizon < 0 || (window == 0) != (horizon == 0)) {
      throw new IllegalArgumentException(
          "a window and a horizon are numbers of time steps from 1, or both 0, not %s and %s"
              .formatted(Integer.toUnsignedString(window), Integer.toUnsignedString(horizon)));
    }
  }

  private static void requireUnique(String side, List<Column> columns) {
    Set<String> names = new HashSet<>();
    for (Column column : columns) {
      if (!names.add(column.name())) {
        throw new IllegalArgumentException(
            "two %s columns are named %s".formatted(side, column.name()));
      }
    }
  }
}
