// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import java.util.Objects;
import java.util.Set;

/**
 * How a {@link Trainer} works; immutable, start from {@link #defaults()}.
 *
 * @param batch batch rows of every window
 * @param maxSteps the most time steps of a window: how far back gradients reach
 * @param threads threads that compute together, the caller included; no bit of a result depends on
 *     it
 * @param clipping what limits gradients
 * @param schedule how the learning rate changes from epoch to epoch
 * @param frozen names of parameters that do not learn, or of layers, whose parameters all do not
 */
public record TrainerOptions(
    int batch,
    int maxSteps,
    int threads,
    Clipping clipping,
    Schedule schedule,
    Set<String> frozen) {
  private static final TrainerOptions DEFAULTS =
      new TrainerOptions(1, 64, 1, Clipping.none(), Schedule.constant(), Set.of());

  /** Checks the sizes. */
  public TrainerOptions {
    Objects.requireNonNull(clipping, "clipping");
    Objects.requireNonNull(schedule, "schedule");
    frozen = Set.copyOf(frozen);
    if (batch <= 0 || maxSteps <= 0 || threads <= 0) {
      throw new IllegalArgumentException(
          "batch, maxSteps and threads must be positive, not %d, %d and %d"
              .formatted(batch, maxSteps, threads));
    }
  }

  /**
   * {@return one batch row, windows of 64 time steps, one thread, no clipping, a constant learning
   * rate, everything learns}
   */
  public static TrainerOptions defaults() {
    return DEFAULTS;
  }

  /**
   * These options with another batch.
   *
   * @param value batch rows
   * @return the changed options
   */
  public TrainerOptions withBatch(int value) {
    return new TrainerOptions(value, maxSteps, threads, clipping, schedule, frozen);
  }

  /**
   * These options with windows of another length.
   *
   * @param value the most time steps of a window
   * @return the changed options
   */
  public TrainerOptions withMaxSteps(int value) {
    return new TrainerOptions(batch, value, threads, clipping, schedule, frozen);
  }

  /**
   * These options with another number of threads.
   *
   * @param value threads, the caller included
   * @return the changed options
   */
  public TrainerOptions withThreads(int value) {
    return new TrainerOptions(batch, maxSteps, value, clipping, schedule, frozen);
  }

  /**
   * These options with gradients limited.
   *
   * @param value what limits them
   * @return the changed options
   */
  public TrainerOptions withClipping(Clipping value) {
    return new TrainerOptions(batch, maxSteps, threads, value, schedule, frozen);
  }

  /**
   * These options with another schedule.
   *
   * @param value how the learning rate changes
   * @return the changed options
   */
  public TrainerOptions withSchedule(Schedule value) {
    return new TrainerOptions(batch, maxSteps, threads, clipping, value, frozen);
  }

  /**
   * These options with some parameters kept as they are.
   *
   * @param names of parameters or layers
   * @return the changed options
   */
  public TrainerOptions withFrozen(String... names) {
    return new TrainerOptions(batch, maxSteps, threads, clipping, schedule, Set.of(names));
  }
}
