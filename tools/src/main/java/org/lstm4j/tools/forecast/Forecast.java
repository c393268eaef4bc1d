// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.forecast;

import java.util.List;

/**
 * What a time step is forecast to be. Immutable.
 *
 * @param timeStep the row of the table, counted from 0; beyond the last for what is yet to come
 * @param ahead how many time steps it lies after the last one that was read
 * @param values one for each output column, in its unit
 */
public record Forecast(int timeStep, int ahead, List<Float> values) {
  /** Copies the values. */
  public Forecast {
    values = List.copyOf(values);
  }
}
