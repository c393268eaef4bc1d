// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.format.io.AtomicFile;
import org.lstm4j.tools.bench.Bench;
import org.lstm4j.tools.bench.BenchOptions;
import org.lstm4j.tools.bench.BenchReport;
import org.lstm4j.tools.machine.MachineLimits;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lstm4j bench}: how fast a network runs on this machine, and how fast it could. */
@Command(
    name = "bench",
    customSynopsis = "lstm4j bench MODEL [OPTIONS]",
    sortOptions = false,
    header = "Measure how fast a network runs here.",
    description = {
      "Runs a network on made-up input, one time step a call, and reports how long the calls take,"
          + " what they allocate, and how far they are from what the machine allows. A network that"
          + " reads whole sequences is measured by runs of --steps-per-run time steps.",
      "",
      "Beside the calls runs, in turns, a loop that takes as long and touches no memory: the stalls"
          + " that it sees are the machine's own. Keep the machine idle meanwhile."
    },
    footer = {
      "",
      "Examples:",
      "  lstm4j bench model.l4j",
      "  lstm4j bench model.l4j --plot latency.png --json bench.json",
      "  lstm4j bench model.l4j --weights int8 --threads 2",
      "  lstm4j bench model.l4j --batch 32 --steps-per-run 35"
    })
final class BenchCommand implements Callable<Integer> {
  /** More than this is a slip of the pen. */
  private static final double MOST_SECONDS = 86_400;

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "An .l4j model, or a checkpoint to import.")
  private Path model;

  @Option(
      names = "--weights",
      paramLabel = "KIND",
      defaultValue = "f32",
      converter = WeightsOption.class,
      description =
          "How the network holds its weights: f32, bf16 or int8. Default: ${DEFAULT-VALUE}.")
  private WeightStorage weights;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads that compute together. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "1",
      description = "Batch rows of every call. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--steps-per-run",
      paramLabel = "T",
      description =
          "Measure runs of T time steps, not single steps. A network that reads whole sequences is"
              + " always measured so; of "
              + BenchOptions.DEFAULT_STEPS_PER_RUN
              + " steps without this option.")
  private Integer stepsPerRun;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Time steps to measure one by one, in place of --seconds.")
  private Long steps;

  @Option(names = "--seconds", paramLabel = "S", description = "How long to measure. Default: 5.")
  private Double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "10",
      description =
          "The warm-up ends when the time per call is steady, or after so many seconds. Default:"
              + " ${DEFAULT-VALUE}.")
  private double warmUp;

  @Option(
      names = "--plot",
      paramLabel = "FILE.png",
      description = "Draw the histogram of the latencies.")
  private Path plot;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON.")
  private Path json;

  @Mixin private ImportOptionsMixin options;

  BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    BenchOptions benchOptions = benchOptions();
    requireOutput("--plot", plot);
    requireOutput("--json", json);
    if (plot != null && json != null && isSame(plot, json)) {
      throw wrongUsage("--plot and --json both name %s; choose another name".formatted(json));
    }
    try (LoadedModel loaded = LoadedModel.load(model, options, weights)) {
      loaded.printAssumptions(terminal.err());
      BenchReport report =
          Bench.run(model.toString(), loaded.network(), benchOptions, MachineLimits.measure());
      new BenchReportPrinter(report, terminal.text()).print();
      write(report);
    }
    return ExitCode.OK;
  }

  private BenchOptions benchOptions() {
    if (steps != null && seconds != null) {
      throw wrongUsage("--steps and --seconds exclude each other; give one of them");
    }
    requirePositive("--threads", threads);
    requirePositive("--batch", batch);
    requirePositive("--steps-per-run", stepsPerRun == null ? 1 : stepsPerRun);
    requirePositive("--steps", steps == null ? 1 : steps);
    return new BenchOptions(
        threads,
        batch,
        stepsPerRun == null ? OptionalInt.empty() : OptionalInt.of(stepsPerRun),
        steps == null ? OptionalLong.empty() : OptionalLong.of(steps),
        duration("--seconds", seconds == null ? 5 : seconds),
        duration("--warm-up", warmUp));
  }

  private void requirePositive(String option, long value) {
    if (value < 1) {
      throw wrongUsage("%s must be at least 1, not %d".formatted(option, value));
    }
  }

  private Duration duration(String option, double value) {
    if (!(value > 0 && value <= MOST_SECONDS)) {
      throw wrongUsage(
          "%s must be more than 0 and at most a day of seconds, not %s".formatted(option, value));
    }
    return Duration.ofNanos((long) Math.ceil(value * 1e9));
  }

  /** Before minutes are spent on what then cannot be written. */
  private void requireOutput(String option, Path file) throws IOException {
    if (file != null) {
      OutputPath.requireOther(spec.commandLine(), file, model);
      OutputPath.requireFolder(spec.commandLine(), option, file);
    }
  }

  private static boolean isSame(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  private void write(BenchReport report) throws IOException {
    if (json != null) {
      byte[] text = ReportJson.of(report).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(json, out -> out.write(text));
    }
    if (plot != null) {
      LatencyPlot.of(report).write(plot);
    }
  }

  private ParameterException wrongUsage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
