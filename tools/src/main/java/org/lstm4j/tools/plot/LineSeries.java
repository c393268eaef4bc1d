// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import java.util.List;

/**
 * What is measured at each of some places.
 *
 * @param name for the legend
 * @param values one a place
 */
public record LineSeries(String name, List<Double> values) {
  /** Copies the values. */
  public LineSeries {
    values = List.copyOf(values);
  }
}
