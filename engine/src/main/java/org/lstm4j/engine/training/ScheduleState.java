// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import java.util.Objects;

/**
 * Where a schedule is: all that an interrupted run needs to continue with the same learning rates.
 * Immutable; {@link #next} gives what follows.
 *
 * @param schedule the schedule
 * @param start the optimizer's learning rate
 * @param epoch epochs that have passed
 * @param plateauRate the learning rate of a {@link Schedule.ReduceOnPlateau}
 * @param best the best metric that it has seen, at first an infinity
 * @param badEpochs epochs in a row that were not better
 * @param cooldownLeft epochs in which none counts as bad
 */
public record ScheduleState(
    Schedule schedule,
    double start,
    long epoch,
    double plateauRate,
    double best,
    long badEpochs,
    long cooldownLeft) {

  /**
   * Checks that there is a schedule and that nothing is negative.
   *
   * @throws IllegalArgumentException if something is
   */
  public ScheduleState {
    Objects.requireNonNull(schedule, "schedule");
    Limits.requireNotNegative("the learning rate", start);
    Limits.requireNotNegative("the epoch", (double) epoch);
    Limits.requireNotNegative("the learning rate", plateauRate);
    Limits.requireNotNegative("the bad epochs", (double) badEpochs);
    Limits.requireNotNegative("the cooldown", (double) cooldownLeft);
  }

  /**
   * The state before the first epoch.
   *
   * @param schedule the schedule
   * @param learningRate the optimizer's
   * @return the state
   */
  public static ScheduleState start(Schedule schedule, double learningRate) {
    Schedule.ReduceOnPlateau plateau = plateau(schedule);
    double best =
        plateau != null && plateau.maximize() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    return new ScheduleState(schedule, learningRate, 0, learningRate, best, 0, 0);
  }

  /** What looks at metrics, sooner or later, or {@code null}. */
  private static Schedule.ReduceOnPlateau plateau(Schedule schedule) {
    return switch (schedule) {
      case Schedule.ByEpoch _ -> null;
      case Schedule.WarmUp warmUp -> plateau(warmUp.then());
      case Schedule.ReduceOnPlateau plateau -> plateau;
    };
  }

  /** {@return the learning rate of the epoch to come} */
  public double learningRate() {
    return rate(schedule, epoch);
  }

  private double rate(Schedule part, long epochOfPart) {
    return switch (part) {
      case Schedule.ByEpoch byEpoch -> byEpoch.rate(start, epochOfPart);
      case Schedule.ReduceOnPlateau _ -> plateauRate;
      case Schedule.WarmUp(Schedule.Linear warmUp, Schedule then) ->
          epochOfPart < warmUp.totalIters()
              ? warmUp.rate(start, epochOfPart)
              : rate(then, epochOfPart - warmUp.totalIters());
    };
  }

  /** {@return whether {@link #next} looks at the metric, now or after a warm-up} */
  public boolean needsMetric() {
    return plateau(schedule) != null;
  }

  /**
   * The state after another epoch.
   *
   * @param metric what the epoch reached; of no meaning unless {@link #needsMetric}
   * @return the state
   */
  public ScheduleState next(double metric) {
    return current(schedule, epoch) instanceof Schedule.ReduceOnPlateau plateau
        ? after(plateau, metric)
        : new ScheduleState(schedule, start, epoch + 1, plateauRate, best, badEpochs, cooldownLeft);
  }

  private static Schedule current(Schedule part, long epochOfPart) {
    return part instanceof Schedule.WarmUp(Schedule.Linear warmUp, Schedule then)
            && epochOfPart >= warmUp.totalIters()
        ? current(then, epochOfPart - warmUp.totalIters())
        : part;
  }

  private ScheduleState after(Schedule.ReduceOnPlateau plateau, double metric) {
    boolean isBetter = plateau.isBetter(metric, best);
    boolean coolsDown = cooldownLeft > 0;
    long bad = isBetter || coolsDown ? 0 : badEpochs + 1;
    boolean reduces = bad > plateau.patience();
    long left = coolsDown ? cooldownLeft - 1 : 0;
    return new ScheduleState(
        schedule,
        start,
        epoch + 1,
        reduces ? plateau.reduced(plateauRate) : plateauRate,
        isBetter ? metric : best,
        reduces ? 0 : bad,
        reduces ? plateau.cooldown() : left);
  }
}
