// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What is measured, and for how long.
 *
 * @param threads that compute together
 * @param batch batch rows of every call
 * @param stepsPerRun time steps of every call of {@code run}; where empty, a call is a single step,
 *     or, if the network needs whole sequences, a run of {@link #DEFAULT_STEPS_PER_RUN}
 * @param steps time steps to take with a clock; where empty, {@code duration} counts
 * @param duration of the measurement, warm-up not included
 * @param longestWarmUp after which it is measured whether the times are steady or not
 */
public record BenchOptions(
    int threads,
    int batch,
    OptionalInt stepsPerRun,
    OptionalLong steps,
    Duration duration,
    Duration longestWarmUp) {
  /** Time steps of a run where it is not said how many. */
  public static final int DEFAULT_STEPS_PER_RUN = 100;

  /** Checks the numbers. */
  public BenchOptions {
    requirePositive("threads", threads);
    requirePositive("batch", batch);
    requirePositive("steps per run", stepsPerRun.orElse(1));
    requirePositive("steps", steps.orElse(1));
    requirePositive("duration", duration.toNanos());
    requirePositive("longest warm-up", longestWarmUp.toNanos());
  }

  private static void requirePositive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(what + " must be positive, not " + value);
    }
  }
}
