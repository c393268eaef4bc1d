// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.lstm4j.benchmarks.engine.Lstm4j;
import org.lstm4j.benchmarks.process.ColdStart;
import org.lstm4j.benchmarks.process.Tails;
import org.lstm4j.tools.machine.MemoryLevel;

/** Writes {@link Results} for people: the same sections on a terminal and in Markdown. */
public final class Report {
  private static final String NOTHING = "-";

  private final Results results;

  /** Makes a table text: for a terminal, or Markdown. */
  private final Function<TextTable, String> style;

  private final String heading;
  private final StringBuilder out = new StringBuilder();

  private Report(Results results, Function<TextTable, String> style, String heading) {
    this.results = results;
    this.style = style;
    this.heading = heading;
  }

  /**
   * The report for a terminal.
   *
   * @param results what was measured
   * @return lines of text
   */
  public static String text(Results results) {
    return new Report(results, TextTable::text, "").write();
  }

  /**
   * The report in Markdown.
   *
   * @param results what was measured
   * @return a document
   */
  public static String markdown(Results results) {
    return new Report(results, TextTable::markdown, "## ").write();
  }

  private String write() {
    machine();
    rows("Microseconds a time step (median)", results.rows());
    reasons();
    cells();
    learningMemory();
    tails();
    coldStarts();
    singles("Activations, nanoseconds an element", results.activations());
    singles("Opening and closing a model file, microseconds", results.opening());
    if (!results.failures().isEmpty()) {
      section("Not measured");
      results.failures().forEach(this::item);
    }
    return out.toString();
  }

  private void section(String title) {
    out.append('\n').append(heading).append(title).append("\n\n");
  }

  private void item(String text) {
    out.append("- ").append(text).append('\n');
  }

  private void machine() {
    Machine machine = results.machine();
    section("Machine");
    item(
        "%s, %d cores, %.1f GiB, %s"
            .formatted(
                machine.processor(),
                machine.cores(),
                machine.memoryBytes() / 0x1p30,
                machine.system()));
    item("JDK: " + machine.jdk());
    item("date: " + results.date());
    item("engines: " + join(results.versions()));
    item(
        results.pinned()
            ? "one thread is kept on one core"
            : "threads were not kept on one core: this system cannot");
    if (results.quick()) {
      item("a quick run: few and short iterations, rough figures");
    }
    if (results.rounds() > 1) {
      item("the engines of a row in turn, %d times; the least times".formatted(results.rounds()));
    }
    item(limits());
  }

  private String limits() {
    List<String> levels = new ArrayList<>();
    for (MemoryLevel level : results.limits().levels()) {
      levels.add("%s %.0f GB/s".formatted(level.name(), level.bytesPerSecond() / 1e9));
    }
    return "limits of one core: %.0f GFLOP/s in float32 multiply-adds; reading from %s"
        .formatted(results.limits().flopsPerSecond() / 1e9, String.join(", ", levels));
  }

  private static String join(Map<String, String> versions) {
    return versions.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private void rows(String title, List<Row> rows) {
    section(title);
    Set<String> engines = new LinkedHashSet<>();
    rows.forEach(row -> engines.addAll(row.cells().keySet()));
    List<String> header = new ArrayList<>(List.of("row"));
    header.addAll(engines);
    header.addAll(List.of("best peer", "ratio to it", "share of limit"));
    TextTable table = new TextTable(header);
    for (Row row : rows) {
      table.add(cells(row, engines));
    }
    out.append(style.apply(table));
    out.append("\nRatio: ").append(Lstm4j.NAME).append("'s time divided by the best peer's; ");
    out.append("below 1 is faster. Share: the least time that one core allows, divided by ours.\n");
    rates(rows);
  }

  private void rates(List<Row> rows) {
    List<Row> training = rows.stream().filter(row -> !row.tokensPerSecond().isEmpty()).toList();
    if (!training.isEmpty()) {
      out.append("\nTokens a second:\n\n");
      training.forEach(row -> item(row.name() + ": " + rates(row)));
    }
  }

  private static String rates(Row row) {
    return row.tokensPerSecond().entrySet().stream()
        .map(rate -> String.format(Locale.ROOT, "%s %,.0f", rate.getKey(), rate.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static List<String> cells(Row row, Set<String> engines) {
    List<String> cells = new ArrayList<>(List.of(row.name()));
    for (String engine : engines) {
      cells.add(cell(row.cells().get(engine)));
    }
    cells.add(row.bestPeer().orElse(NOTHING));
    cells.add(optional(row.ratioToBestPeer(), "%.2f", 1));
    cells.add(optional(row.shareOfLimit(), "%.0f %%", 100));
    return cells;
  }

  private static String optional(OptionalDouble value, String format, double scale) {
    return value.isPresent()
        ? String.format(Locale.ROOT, format, scale * value.getAsDouble())
        : NOTHING;
  }

  private static String cell(Cell cell) {
    return switch (cell) {
      case null -> NOTHING;
      case Cell.Measured measured -> number(measured.value());
      case Cell.NotRun _ -> "not run";
    };
  }

  /** Three digits that count. */
  static String number(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** Why cells are empty, and how far the outputs of the others are from lstm4j's. */
  private void reasons() {
    Set<String> reasons = new TreeSet<>();
    for (Row row : results.rows()) {
      row.cells()
          .forEach((engine, cell) -> {
            if (cell instanceof Cell.NotRun(String reason)) {
              reasons.add(engine + ", " + row.name() + ": not run: " + reason);
            }
          });
    }
    out.append(
            "\n"
                + "Largest difference of an output (of a gradient, if larger, by its tensor's"
                + " largest; in training of a loss or, by its tensor's largest change, of a"
                + " weight): ")
        .append(differences())
        .append('\n');
    out.append(reasons.isEmpty() ? "" : "\n");
    reasons.forEach(this::item);
  }

  private String differences() {
    Set<String> texts = new LinkedHashSet<>();
    for (String storage : List.of("f32", "bf16", "int8")) {
      results
          .versions()
          .keySet()
          .forEach(engine -> {
            double largest = largestDifference(engine, storage);
            if (largest > 0) {
              texts.add("%s %s %.1e".formatted(engine, storage, largest));
            }
          });
    }
    return texts.isEmpty() ? "none was compared" : String.join(", ", texts);
  }

  private double largestDifference(String engine, String storage) {
    return results.rows().stream()
        .filter(row -> List.of(row.name().split(" ")).contains(storage))
        .map(row -> row.cells().get(engine))
        .filter(Cell.Measured.class::isInstance)
        .mapToDouble(cell -> ((Cell.Measured) cell).difference())
        .max()
        .orElse(0);
  }

  private void cells() {
    if (results.cells().isEmpty()) {
      return;
    }
    section("Cells, fused and from the textbook, microseconds a time step");
    Set<String> engines = new LinkedHashSet<>();
    results.cells().values().forEach(row -> engines.addAll(row.keySet()));
    List<String> header = new ArrayList<>(List.of("row"));
    header.addAll(engines);
    TextTable table = new TextTable(header);
    results
        .cells()
        .forEach((name, row) -> {
          List<String> texts = new ArrayList<>(List.of(name));
          engines.forEach(engine -> texts.add(cell(row.get(engine))));
          table.add(texts);
        });
    out.append(style.apply(table));
    rates(
        results.cells().entrySet().stream()
            .map(row -> new Row(row.getKey(), OptionalDouble.empty(), row.getValue()))
            .toList());
  }

  private void learningMemory() {
    if (results.learningMemory().isEmpty()) {
      return;
    }
    section("Memory for learning, MiB");
    TextTable table =
        new TextTable(List.of("row", "gates", "activations", "temporaries", "weights"));
    results
        .learningMemory()
        .forEach((row, kinds) ->
            kinds.forEach((gates, memory) ->
                table.add(
                    List.of(
                        row,
                        gates,
                        mebibytes(memory.activations()),
                        mebibytes(memory.temporaries()),
                        mebibytes(memory.weights())))));
    out.append(style.apply(table));
    out.append("\nActivations: what the way there leaves for the way back. Weights: with their")
        .append(" gradients, and packed for both ways.\n");
  }

  private static String mebibytes(long bytes) {
    return number(bytes / 0x1p20);
  }

  private void tails() {
    if (results.tails().isEmpty()) {
      return;
    }
    section("Single steps, microseconds, beside a loop that does nothing");
    TextTable table =
        new TextTable(
            List.of(
                "row", "engine", "p50", "p99", "p99.9", "max", "idle p99.9", "idle max", "B/step"));
    results
        .tails()
        .forEach((row, engines) ->
            engines.forEach((engine, tails) -> table.add(tailCells(row, engine, tails))));
    out.append(style.apply(table));
  }

  private static List<String> tailCells(String row, String engine, Tails tails) {
    return List.of(
        row,
        engine,
        number(tails.p50()),
        number(tails.p99()),
        number(tails.p999()),
        number(tails.max()),
        number(tails.idleP999()),
        number(tails.idleMax()),
        String.format(Locale.ROOT, "%.1f", tails.bytesPerStep()));
  }

  private void coldStarts() {
    if (results.coldStarts().isEmpty()) {
      return;
    }
    section("Cold start, 40x64, milliseconds, " + results.coldStarts().size() + " fresh JVMs");
    TextTable table = new TextTable(List.of("", "median", "worst"));
    addColdStart(table, "main to first output", ColdStart::firstOutput);
    addColdStart(table, "session creation", ColdStart::sessionCreation);
    addColdStart(table, "longest of the first 1000 steps", ColdStart::worstStep);
    addColdStart(table, "longest stall of a busy loop", ColdStart::longestStall);
    out.append(style.apply(table));
  }

  private void addColdStart(TextTable table, String name, ToDoubleFunction<ColdStart> part) {
    List<Double> sorted =
        results.coldStarts().stream()
            .map(part::applyAsDouble)
            .sorted(Comparator.naturalOrder())
            .toList();
    table.add(List.of(name, number(sorted.get(sorted.size() / 2)), number(sorted.getLast())));
  }

  private void singles(String title, Map<String, Cell> cells) {
    if (cells.isEmpty()) {
      return;
    }
    section(title);
    TextTable table = new TextTable(List.of("", Lstm4j.NAME));
    cells.forEach((name, cell) -> table.add(List.of(name, cell(cell))));
    out.append(style.apply(table));
    cells.forEach((name, cell) -> {
      if (cell instanceof Cell.NotRun(String reason)) {
        item(name + ": not run: " + reason);
      }
    });
  }
}
