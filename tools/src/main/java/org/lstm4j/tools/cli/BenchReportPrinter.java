// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lstm4j.tools.bench.BenchReport;
import org.lstm4j.tools.bench.Latency;

/** Lays out a {@link BenchReport} for people to read. */
final class BenchReportPrinter {
  private static final double MICRO = 1e3;
  private static final double GIGA = 1e9;
  private static final String LATENCY_ROW = "%-10s%10s%10s%10s%10s%10s   %s";

  private final BenchReport report;
  private final PrintWriter out;

  BenchReportPrinter(BenchReport report, PrintWriter out) {
    this.report = report;
    this.out = out;
  }

  void print() {
    printSetup();
    printMachine();
    printWarmUp();
    printLatencies();
    printRates();
    printStages();
    line("allocated", "%s bytes a time step", Digits.three(report.allocatedBytesPerStep()));
  }

  private void printSetup() {
    BenchReport.Setup setup = report.setup();
    line("model", "%s", setup.model());
    line(
        "call",
        "%s, batch %d, %s weights, %s",
        call(setup),
        setup.batch(),
        setup.weights(),
        setup.threads() == 1 ? "1 thread" : setup.threads() + " threads");
  }

  private static String call(BenchReport.Setup setup) {
    if (setup.call().equals("step")) {
      return "step: one time step";
    }
    String why = setup.needsWholeSequence() ? ", as the network reads whole sequences" : "";
    return "run: %d time steps%s".formatted(setup.stepsPerCall(), why);
  }

  private void printMachine() {
    BenchReport.Machine machine = report.machine();
    line(
        "machine",
        "Java %s, %s, %d processors; %s, %s",
        machine.java(),
        machine.os(),
        machine.processors(),
        machine.lanes() == 1 ? "scalar code" : machine.lanes() + " lanes",
        machine.fma() ? "fused multiply-add" : "no fused multiply-add");
    String levels =
        machine.levels().stream()
            .map(level ->
                "%s %s".formatted(level.name(), Digits.three(level.readBytesPerSecond() / GIGA)))
            .collect(Collectors.joining(", "));
    line(
        "",
        "one core: %s GFLOP/s; reads, in GB/s: %s",
        Digits.three(machine.flopsPerSecond() / GIGA),
        levels);
  }

  private void printWarmUp() {
    BenchReport.WarmUpReport warmUp = report.warmUp();
    line(
        "warm-up",
        "%.2f s to compile, then %.1f s, %,d time steps, %s",
        warmUp.compileSeconds(),
        warmUp.seconds(),
        warmUp.steps(),
        warmUp.steady()
            ? "until steady"
            : String.format(
                Locale.ROOT, "NOT steady: times still vary by %.0f %%", 100 * warmUp.spread()));
  }

  private void printLatencies() {
    line("latency", LATENCY_ROW, "in µs", "p50", "p90", "p99", "p99.9", "max", "the next longest");
    printLatency(report.setup().call(), report.latency());
    printLatency("busy loop", report.busyLatency());
    line(
        "",
        "(%,d calls each, in turns; each includes the clock's own %d ns)",
        report.latency().calls(),
        report.clockNanos());
  }

  private void printLatency(String name, Latency latency) {
    line(
        "",
        LATENCY_ROW,
        name,
        micros(latency.p50Nanos()),
        micros(latency.p90Nanos()),
        micros(latency.p99Nanos()),
        micros(latency.p999Nanos()),
        micros(latency.maxNanos()),
        latency.longestNanos().stream()
            .skip(1)
            .map(BenchReportPrinter::micros)
            .collect(Collectors.joining(" ")));
  }

  private void printRates() {
    line(
        "rate",
        "%s µs a time step, without the clock: %s GFLOP/s, %s GB/s of weights",
        micros(report.nanosPerStep()),
        Digits.three(report.flopsPerSecond() / GIGA),
        Digits.three(report.weightBytesPerSecond() / GIGA));
    BenchReport.Limit limit = report.limit();
    line(
        "limit",
        "%s µs a time step, so %.0f %% of what the machine allows: %s",
        micros(limit.nanosPerStep()),
        100 * limit.share(),
        limit.boundBy().equals("reading")
            ? "reading %,d bytes of weights at %s GB/s"
                .formatted(
                    Math.round(report.weightBytesPerStep()),
                    Digits.three(limit.readBytesPerSecond() / GIGA))
            : "%,d floating-point operations".formatted(Math.round(report.flopsPerStep())));
  }

  private void printStages() {
    String label = "stages";
    for (BenchReport.Stage stage : report.stages()) {
      line(
          label,
          "%s µs, %.0f %%: %s",
          micros(stage.nanosPerStep()),
          100 * stage.nanosPerStep() / report.nanosPerStep(),
          stage.name());
      label = "";
    }
  }

  private static String micros(double nanos) {
    return Digits.three(nanos / MICRO);
  }

  private void line(String label, String text, Object... values) {
    String content = String.format(Locale.ROOT, text, values).stripTrailing();
    out.println("%-9s %s".formatted(label, Sentence.printable(content)));
  }
}
