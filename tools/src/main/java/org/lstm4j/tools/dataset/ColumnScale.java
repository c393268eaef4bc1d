// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.util.BitSet;
import org.lstm4j.format.Normalisation;

/** Mean and standard deviation of a column. */
final class ColumnScale {
  private ColumnScale() {}

  /**
   * Looks at some rows of a column, twice, since that is exact. A column that does not vary keeps
   * its unit.
   *
   * @param rows which, at least one
   */
  static Normalisation.Column of(String name, float[] column, BitSet rows) {
    double count = rows.cardinality();
    double mean = rows.stream().mapToDouble(row -> column[row]).sum() / count;
    double variance =
        rows.stream().mapToDouble(row -> (column[row] - mean) * (column[row] - mean)).sum() / count;
    double deviation = Math.sqrt(variance);
    // Rounding may leave a constant with a deviation of some last digits.
    boolean varies = deviation > 1e-12 * Math.abs(mean);
    return new Normalisation.Column(name, mean, varies ? deviation : 1);
  }
}
