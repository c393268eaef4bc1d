// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.lstm4j.benchmarks.engine.Affinity;
import org.lstm4j.benchmarks.engine.CellKind;
import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.Engines;
import org.lstm4j.benchmarks.engine.Lstm4j;
import org.lstm4j.benchmarks.engine.Workload;
import org.lstm4j.benchmarks.process.ColdStart;
import org.lstm4j.benchmarks.process.ProcessFailure;
import org.lstm4j.benchmarks.process.Processes;
import org.lstm4j.benchmarks.process.Tails;
import org.lstm4j.benchmarks.report.Beside;
import org.lstm4j.benchmarks.report.Cell;
import org.lstm4j.benchmarks.report.Floor;
import org.lstm4j.benchmarks.report.Machine;
import org.lstm4j.benchmarks.report.Results;
import org.lstm4j.benchmarks.report.Row;
import org.lstm4j.benchmarks.suite.Jmh;
import org.lstm4j.benchmarks.suite.Plan;
import org.lstm4j.engine.training.TrainingMemory;
import org.lstm4j.tools.machine.MachineLimits;

/** One run: measures everything once and says on stderr where it is. */
final class Measurement {
  private final Machine machine;
  private final boolean quick;
  private final int rounds;
  private final Pattern only;
  private final Jmh jmh;
  private final Map<String, String> unusable = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();
  private boolean pinned;

  Measurement(Machine machine, boolean quick, int rounds, Pattern only) {
    this.machine = machine;
    this.quick = quick;
    this.rounds = rounds;
    this.only = only;
    this.jmh = new Jmh(quick);
  }

  void writeJmh(Path file) throws IOException {
    jmh.write(file);
  }

  Results run(List<EngineProvider> peers, List<Beside> beside, boolean cells) throws IOException {
    String date =
        LocalDateTime.now(ZoneId.systemDefault())
            .truncatedTo(ChronoUnit.SECONDS)
            .format(DateTimeFormatter.ISO_DATE_TIME);
    List<EngineProvider> engines = new ArrayList<>(List.of(new Lstm4j(CellKind.LSTM)));
    engines.addAll(peers);
    for (EngineProvider peer : peers) {
      load(peer);
    }
    MachineLimits limits = limits();
    List<Row> rows = rows(Plan.workloads(quick), engines, beside, limits);
    Map<String, Map<String, Cell>> cellTimes = cells ? cellTimes() : Map.of();
    return new Results(
        date,
        quick,
        rounds,
        pinned,
        machine,
        limits,
        versions(engines, beside),
        rows,
        cellTimes,
        learningMemory(),
        tails(engines),
        coldStarts(),
        activations(),
        opening(),
        failures);
  }

  private static void say(String text) {
    System.err.println("benchmarks/run: " + text);
  }

  private void load(EngineProvider peer) throws IOException {
    say("loading " + peer.name() + " " + peer.version());
    Optional<String> reason = Processes.firstLoad(peer);
    reason.ifPresent(text -> unusable.put(peer.name(), text));
  }

  /** On a thread of its own, since the pinned one starts no others. */
  private MachineLimits limits() {
    say("measuring the limits of one core");
    MachineLimits[] limits = new MachineLimits[1];
    Thread thread =
        new Thread(() -> {
          pinned = Affinity.pinToOneCore();
          limits[0] = MachineLimits.measure();
        });
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return limits[0];
  }

  private List<Row> rows(
      List<Workload> workloads,
      List<EngineProvider> engines,
      List<Beside> beside,
      MachineLimits limits)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Workload workload : workloads) {
      if (only.matcher(workload.label()).matches()) {
        Map<String, Cell> cells = cells(workload, engines, beside);
        if (!cells.isEmpty()) {
          rows.add(new Row(workload.label(), floor(workload, limits), cells));
        }
      }
    }
    return rows;
  }

  private Map<String, Map<String, Cell>> cellTimes() throws IOException {
    Map<String, Map<String, Cell>> times = new LinkedHashMap<>();
    for (Workload workload : Plan.cells()) {
      if (only.matcher(workload.label()).matches()) {
        times.put(workload.label(), cells(workload, Engines.cells(), List.of()));
      }
    }
    return times;
  }

  private Map<String, Map<String, TrainingMemory>> learningMemory() {
    Map<String, Map<String, TrainingMemory>> all = new LinkedHashMap<>();
    for (Workload workload : Plan.workloads(quick)) {
      if (workload.learns()
          && workload.threads() == 1
          && only.matcher(workload.label()).matches()) {
        Map<String, TrainingMemory> kinds = new LinkedHashMap<>();
        kinds.put("kept", Lstm4j.learningMemory(workload, false));
        kinds.put("recomputed", Lstm4j.learningMemory(workload, true));
        all.put(workload.label(), kinds);
      }
    }
    return all;
  }

  /** The limits are those of one core. */
  private static OptionalDouble floor(Workload workload, MachineLimits limits) {
    return workload.threads() == 1
        ? OptionalDouble.of(Floor.micros(workload, limits))
        : OptionalDouble.empty();
  }

  private Map<String, Cell> cells(
      Workload workload, List<EngineProvider> engines, List<Beside> beside) throws IOException {
    Map<String, Cell> cells = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (EngineProvider engine : engines) {
        if (engine.runs(workload)) {
          cells.merge(engine.name(), measured(engine, workload), Cell::lessOf);
        }
      }
    }
    for (Beside other : beside) {
      for (Beside.Time time : other.rows()) {
        if (time.row().equals(workload.label())) {
          cells.put(other.engine(), new Cell.Measured(time.microsPerStep(), 0));
        }
      }
    }
    return cells;
  }

  private Cell measured(EngineProvider engine, Workload workload) throws IOException {
    String reason = unusable.get(engine.name());
    if (reason != null) {
      return new Cell.NotRun(reason);
    }
    Cell cell = jmh.measure(engine, workload);
    say(
        workload.label()
            + ", "
            + engine.name()
            + switch (cell) {
              case Cell.Measured(double micros, double difference) ->
                  ": %.4g us a step, largest difference %.1e".formatted(micros, difference);
              case Cell.NotRun(String why) -> ": not run: " + why;
            });
    return cell;
  }

  private Map<String, Map<String, Tails>> tails(List<EngineProvider> engines) throws IOException {
    Map<String, Map<String, Tails>> all = new LinkedHashMap<>();
    for (Workload workload : Plan.tails(quick)) {
      for (EngineProvider engine : engines) {
        if (only.matcher(workload.label()).matches()
            && engine.runs(workload)
            && !unusable.containsKey(engine.name())) {
          addTails(all, engine, workload);
        }
      }
    }
    return all;
  }

  private void addTails(
      Map<String, Map<String, Tails>> all, EngineProvider engine, Workload workload)
      throws IOException {
    say("tails of " + workload.label() + ", " + engine.name());
    try {
      Tails tails = Processes.tails(engine, workload, quick ? 1000 : 4000);
      all.computeIfAbsent(workload.label(), _ -> new LinkedHashMap<>()).put(engine.name(), tails);
    } catch (ProcessFailure e) {
      failures.add("tails of " + workload.label() + ", " + engine.name() + ": " + e.getMessage());
    }
  }

  private List<ColdStart> coldStarts() throws IOException {
    say("cold starts");
    try {
      return Processes.coldStarts(quick ? 3 : 10);
    } catch (ProcessFailure e) {
      failures.add("cold start: " + e.getMessage());
      return List.of();
    }
  }

  private Map<String, Cell> activations() {
    say("activations");
    Map<String, Cell> cells = new LinkedHashMap<>();
    for (String function : List.of("tanh", "sigmoid")) {
      cells.put(function, jmh.activation(function));
    }
    return cells;
  }

  private Map<String, Cell> opening() {
    say("opening a model file");
    Map<String, Cell> cells = new LinkedHashMap<>();
    for (String shape : quick ? List.of("40x64") : List.of("1x20", "40x64", "256x512")) {
      cells.put(shape, jmh.open(shape));
    }
    return cells;
  }

  private static Map<String, String> versions(List<EngineProvider> engines, List<Beside> beside) {
    Map<String, String> versions = new LinkedHashMap<>();
    engines.forEach(engine -> versions.put(engine.name(), engine.version()));
    beside.forEach(other -> versions.put(other.engine(), other.version()));
    return versions;
  }
}
