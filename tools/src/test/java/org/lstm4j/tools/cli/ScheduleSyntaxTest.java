// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.training.Schedule;

class ScheduleSyntaxTest {
  static Stream<Arguments> schedules() {
    return Stream.of(
        Arguments.of("constant", Schedule.constant()),
        Arguments.of("step:30", new Schedule.Step(30, 0.1)),
        Arguments.of("step:30:0.5", new Schedule.Step(30, 0.5)),
        Arguments.of("multistep:10,20:0.5", new Schedule.MultiStep(List.of(10L, 20L), 0.5)),
        Arguments.of("exponential:0.99", new Schedule.Exponential(0.99)),
        Arguments.of("cosine:100", new Schedule.CosineAnnealing(100, 0)),
        Arguments.of("cosine:100:1e-5", new Schedule.CosineAnnealing(100, 1e-5)),
        Arguments.of("linear:1:0.1:20", new Schedule.Linear(1, 0.1, 20)),
        Arguments.of("plateau", new Schedule.ReduceOnPlateau(0.1, 10)),
        Arguments.of("plateau:0.5:3", new Schedule.ReduceOnPlateau(0.5, 3)));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void aNameAndItsNumbersAreASchedule(String text, Schedule expected) {
    assertEquals(expected, ScheduleSyntax.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "often",
        "constant:1",
        "step",
        "step:x",
        "step:1:2:3",
        "multistep:1,",
        "linear:1:0"
      })
  void whatIsNoneIsSaidToBeNone(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ScheduleSyntax.parse(text));

    assertTrue(e.getMessage().startsWith("--schedule '" + text + "' is none of constant, "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"step:0", "plateau:1", "linear:2:1:5", "exponential:nan"})
  void numbersThatCannotBeAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ScheduleSyntax.parse(text));
  }
}
