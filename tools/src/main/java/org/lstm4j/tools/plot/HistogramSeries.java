// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import java.util.List;

/**
 * How often each of a range of values was seen.
 *
 * @param name for the legend
 * @param bins ascending, not overlapping; those that are missing are empty
 */
public record HistogramSeries(String name, List<Bin> bins) {
  /** Copies the bins. */
  public HistogramSeries {
    bins = List.copyOf(bins);
  }

  /**
   * Values that are counted together.
   *
   * @param from inclusive, positive
   * @param to exclusive
   * @param count how many, positive
   */
  public record Bin(double from, double to, long count) {
    /** Checks that the bin can be drawn on logarithmic axes. */
    public Bin {
      if (!(from > 0 && to > from && count > 0)) {
        throw new IllegalArgumentException(
            "no bin of a logarithmic histogram: %s to %s, %d times".formatted(from, to, count));
      }
    }
  }

  /**
   * A value to point out.
   *
   * @param name what it is called
   * @param value on the axis of the values, positive
   */
  public record Mark(String name, double value) {}
}
