// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.lstm4j.benchmarks.engine.Workload;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What another program measured on this machine; docs/beside.md describes the file.
 *
 * @param engine the name of its column
 * @param version of the engine
 * @param processor as {@link Machine#processor} names it
 * @param rows the times
 */
public record Beside(String engine, String version, String processor, List<Time> rows) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * One time.
   *
   * @param row the row's name
   * @param microsPerStep median microseconds a time step, of all batch rows
   */
  public record Time(String row, Double microsPerStep) {}

  /**
   * Reads a file.
   *
   * @param file the file
   * @param machine this machine
   * @param taken names of columns that exist already
   * @return what it holds
   * @throws BesideException if it cannot be read, or says what cannot be
   */
  public static Beside read(Path file, Machine machine, Set<String> taken) throws BesideException {
    try {
      Beside beside = MAPPER.readValue(Files.readString(file), Beside.class);
      if (beside == null) {
        throw new IllegalArgumentException("it is empty");
      }
      beside.check(machine, taken);
      return beside;
    } catch (IOException e) {
      throw new BesideException(file + " cannot be read: " + e, e);
    } catch (JacksonException e) {
      throw new BesideException(file + ": " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new BesideException(file + ": " + e.getMessage(), e);
    }
  }

  private void check(Machine machine, Set<String> taken) {
    requireText("engine", engine);
    requireText("version", version);
    requireText("processor", processor);
    if (taken.contains(engine)) {
      throw new IllegalArgumentException("there is an engine " + engine + " already: rename it");
    }
    if (!processor.equals(machine.processor())) {
      throw new IllegalArgumentException(
          "it was measured on '%s', but this machine has '%s': measure it here"
              .formatted(processor, machine.processor()));
    }
    if (rows == null || rows.isEmpty()) {
      throw new IllegalArgumentException("it has no rows");
    }
    Set<String> seen = new HashSet<>();
    for (Time time : rows) {
      check(time, seen);
    }
  }

  private static void check(Time time, Set<String> seen) {
    if (time == null || time.row == null) {
      throw new IllegalArgumentException("a row has no name: add \"row\"");
    }
    String canonical = Workload.parse(time.row).label();
    if (!canonical.equals(time.row)) {
      throw new IllegalArgumentException("row '" + time.row + "' is written '" + canonical + "'");
    }
    if (!seen.add(time.row)) {
      throw new IllegalArgumentException("row '" + time.row + "' is there twice");
    }
    if (time.microsPerStep == null
        || !(time.microsPerStep > 0)
        || time.microsPerStep.isInfinite()) {
      throw new IllegalArgumentException(
          "row '" + time.row + "' needs a positive microsPerStep, not " + time.microsPerStep);
    }
  }

  private static void requireText(String name, String value) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("it has no " + name);
    }
  }
}
