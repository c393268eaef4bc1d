// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

/** What one engine gave in one row. */
public sealed interface Cell {
  /**
   * A time.
   *
   * @param value the median, in the unit of the row
   * @param difference the largest difference from lstm4j's, as {@link
   *     org.lstm4j.benchmarks.engine.Agreement} has it
   */
  record Measured(double value, double difference) implements Cell {}

  /**
   * No time.
   *
   * @param reason why, in a sentence
   */
  record NotRun(String reason) implements Cell {}
}
