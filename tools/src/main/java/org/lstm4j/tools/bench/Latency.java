// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import java.util.List;

/**
 * How long calls took, to three digits.
 *
 * @param calls that were timed
 * @param p50Nanos the median
 * @param p90Nanos what 90 % of the calls took at most
 * @param p99Nanos what 99 % took at most
 * @param p999Nanos what 99.9 % took at most
 * @param maxNanos the longest
 * @param longestNanos the longest few, longest first
 * @param histogram the bins that are not empty, ascending
 */
public record Latency(
    long calls,
    double p50Nanos,
    double p90Nanos,
    double p99Nanos,
    double p999Nanos,
    double maxNanos,
    List<Double> longestNanos,
    List<Bin> histogram) {

  /**
   * Calls of about the same length.
   *
   * @param fromNanos inclusive
   * @param toNanos exclusive
   * @param calls how many took so long
   */
  public record Bin(double fromNanos, double toNanos, long calls) {}
}
