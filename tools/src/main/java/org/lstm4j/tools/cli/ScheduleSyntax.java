// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.lstm4j.engine.training.Schedule;

/**
 * The text of a learning-rate schedule: PyTorch's name for it and its numbers, such as {@code
 * step:30:0.1}. Numbers in brackets may be left out, and are PyTorch's then.
 */
final class ScheduleSyntax {
  /** What there is, for people. */
  static final String FORMS =
      "constant, step:N[:GAMMA], multistep:N,N,...[:GAMMA], exponential:GAMMA, cosine:N[:MIN],"
          + " linear:START:END:N or plateau[:FACTOR[:PATIENCE]]";

  private final String text;
  private final List<String> fields;

  private ScheduleSyntax(String text) {
    this.text = text;
    this.fields = List.of(text.split(":", -1));
  }

  /**
   * Reads a schedule.
   *
   * @param text as in {@link #FORMS}
   * @throws IllegalArgumentException if it is none, with a sentence
   */
  static Schedule parse(String text) {
    return new ScheduleSyntax(text).schedule();
  }

  private Schedule schedule() {
    try {
      return switch (fields.getFirst()) {
        case "constant" -> of(0, 0, Schedule::constant);
        case "step" -> of(1, 2, () -> new Schedule.Step(whole(1), real(2, 0.1)));
        case "multistep" -> of(1, 2, () -> new Schedule.MultiStep(epochs(), real(2, 0.1)));
        case "exponential" -> of(1, 1, () -> new Schedule.Exponential(real(1)));
        case "cosine" -> of(1, 2, () -> new Schedule.CosineAnnealing(whole(1), real(2, 0)));
        case "linear" -> of(3, 3, () -> new Schedule.Linear(real(1), real(2), whole(3)));
        case "plateau" -> of(0, 2, () -> new Schedule.ReduceOnPlateau(real(1, 0.1), whole(2, 10)));
        default -> throw unknown();
      };
    } catch (NumberFormatException _) {
      throw unknown();
    }
  }

  /** A schedule, if as many numbers are given as it takes. */
  private Schedule of(int least, int most, Supplier<Schedule> schedule) {
    int given = fields.size() - 1;
    if (given < least || given > most) {
      throw unknown();
    }
    return schedule.get();
  }

  private double real(int field) {
    return Double.parseDouble(fields.get(field));
  }

  private double real(int field, double otherwise) {
    return field < fields.size() ? real(field) : otherwise;
  }

  private long whole(int field) {
    return Long.parseLong(fields.get(field));
  }

  private long whole(int field, long otherwise) {
    return field < fields.size() ? whole(field) : otherwise;
  }

  private List<Long> epochs() {
    return Arrays.stream(fields.get(1).split(",", -1)).map(Long::valueOf).toList();
  }

  private IllegalArgumentException unknown() {
    return new IllegalArgumentException("--schedule '%s' is none of %s".formatted(text, FORMS));
  }
}
