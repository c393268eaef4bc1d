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

  /**
   * Of one engine in one row, measured twice, what is nearer to a machine that is left alone.
   *
   * @param one a cell
   * @param other another one
   * @return the one with the smaller time; one that failed counts always
   */
  static Cell lessOf(Cell one, Cell other) {
    return one instanceof Measured a && other instanceof Measured b
        ? new Measured(Math.min(a.value(), b.value()), Math.max(a.difference(), b.difference()))
        : one instanceof NotRun ? one : other;
  }
}
