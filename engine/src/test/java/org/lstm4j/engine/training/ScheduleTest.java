// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.training.Schedule.ReduceOnPlateau;

class ScheduleTest {
  private static final TrainingGolden GOLDEN = TrainingGolden.read("schedules.txt");
  private static final double START = 0.3;

  /** PyTorch goes from epoch to epoch, and rounds in each. */
  private static final double TOLERANCE = 1e-14;

  static Stream<Arguments> schedules() {
    Schedule.Linear warmUp = new Schedule.Linear(0.1, 1, 5);
    return Stream.of(
        arguments("step", new Schedule.Step(7, 0.5)),
        arguments("multi-step", new Schedule.MultiStep(List.of(5L, 6L, 30L), 0.2)),
        arguments("exponential", new Schedule.Exponential(0.9)),
        arguments("cosine", new Schedule.CosineAnnealing(20, 0.01)),
        arguments("linear", new Schedule.Linear(0.25, 1, 8)),
        arguments("linear-down", new Schedule.Linear(1, 0.1, 40)),
        arguments("warm-up-step", new Schedule.WarmUp(warmUp, new Schedule.Step(10, 0.5))),
        arguments(
            "warm-up-cosine", new Schedule.WarmUp(warmUp, new Schedule.CosineAnnealing(30, 0))),
        arguments("plateau", new ReduceOnPlateau(0.5, 2)),
        arguments(
            "plateau-cooldown", new ReduceOnPlateau(false, 0.5, 1, 1e-4, false, 3, 0.02, 1e-8)),
        arguments("plateau-max", new ReduceOnPlateau(true, 0.3, 3, 0.01, false, 0, 0, 1e-8)),
        arguments("plateau-absolute", new ReduceOnPlateau(false, 0.7, 1, 0.05, true, 0, 0, 1e-8)),
        arguments(
            "plateau-max-absolute", new ReduceOnPlateau(true, 0.7, 1, 0.05, true, 0, 0, 0.02)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("schedules")
  void theLearningRateOfEachEpochIsThatOfPyTorch(String name, Schedule schedule) {
    double[] metrics = GOLDEN.doubles("metrics", "metrics");
    double[] expected = GOLDEN.doubles(name, "rates");
    ScheduleState state = ScheduleState.start(schedule, START);
    for (int epoch = 0; epoch < expected.length; epoch++) {
      assertEquals(expected[epoch], state.learningRate(), TOLERANCE, "epoch " + epoch);
      state = state.next(metrics[epoch]);
    }
  }

  @Test
  void aConstantScheduleLeavesTheLearningRateAsItIs() {
    ScheduleState state = ScheduleState.start(Schedule.constant(), START);
    assertEquals(START, state.next(1).next(2).learningRate());
    assertFalse(state.needsMetric());
  }

  @Test
  void aPlateauIsLookedForAfterTheWarmUpOnly() {
    Schedule schedule =
        new Schedule.WarmUp(new Schedule.Linear(0.5, 1, 3), new ReduceOnPlateau(0.1, 0));
    ScheduleState state = ScheduleState.start(schedule, 1);
    assertTrue(state.needsMetric());
    for (int epoch = 0; epoch < 3; epoch++) {
      state = state.next(7);
    }
    assertEquals(1, state.learningRate());
    assertEquals(1, state.next(7).learningRate());
    assertEquals(0.1, state.next(7).next(7).learningRate());
  }

  @Test
  void aMetricThatIsNoNumberIsNoProgress() {
    ScheduleState state = ScheduleState.start(new ReduceOnPlateau(0.5, 0), 1).next(1);
    assertEquals(0.5, state.next(Double.NaN).learningRate());
    assertEquals(1, state.next(Double.NaN).best());
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refused("step size", () -> new Schedule.Step(0, 0.5)),
        refused("gamma", () -> new Schedule.Exponential(-1)),
        refused("order", () -> new Schedule.MultiStep(List.of(5L, 3L), 0.5)),
        refused("milestone", () -> new Schedule.MultiStep(List.of(0L), 0.5)),
        refused("T_max", () -> new Schedule.CosineAnnealing(0, 0)),
        refused("eta_min", () -> new Schedule.CosineAnnealing(1, Double.NaN)),
        refused("start factor", () -> new Schedule.Linear(1.5, 1, 5)),
        refused("end factor", () -> new Schedule.Linear(0.5, -0.1, 5)),
        refused("total_iters", () -> new Schedule.Linear(0.5, 1, 0)),
        refused("factor", () -> new ReduceOnPlateau(1, 5)),
        refused("patience", () -> new ReduceOnPlateau(0.5, -1)));
  }

  private static Arguments refused(String what, Executable settings) {
    return arguments(what, settings);
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("refused")
  void aValueBeyondTheLimitsIsRefusedByName(String what, Executable settings) {
    String message = assertThrows(IllegalArgumentException.class, settings).getMessage();
    assertTrue(message.contains(what), message);
  }
}
