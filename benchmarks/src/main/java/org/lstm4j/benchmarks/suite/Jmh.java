// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.suite;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.Workload;
import org.lstm4j.benchmarks.report.Cell;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs one JMH benchmark at a time, each in a JVM of its own, so that one that fails loses nothing
 * but itself. Keeps the results for JMH's own JSON file.
 */
public final class Jmh {
  private static final String[] JVM_ARGUMENTS = {
    "--add-modules=jdk.incubator.vector",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow" // JMH needs it, and the JVM warns of it
  };

  private final boolean quick;
  private final List<RunResult> results = new ArrayList<>();

  /**
   * Starts with no results.
   *
   * @param quick few and short iterations
   */
  public Jmh(boolean quick) {
    this.quick = quick;
  }

  /**
   * Times one engine on one workload.
   *
   * @param engine the engine
   * @param workload what it runs
   * @return microseconds a time step, or why there are none
   */
  public Cell measure(EngineProvider engine, Workload workload) throws IOException {
    Path difference = Files.createTempFile("lstm4j-difference", ".txt");
    try {
      ChainedOptionsBuilder options =
          options(workload.trains() ? TrainingBenchmark.class : LstmBenchmark.class)
              .param("engine", engine.name())
              .param("workload", workload.label())
              .jvmArgsAppend(arguments("-D" + LstmBenchmark.DIFFERENCE_FILE + "=" + difference));
      double micros = run(options) / workload.kind().steps();
      return new Cell.Measured(micros, Double.parseDouble(Files.readString(difference)));
    } catch (RunnerException e) {
      return new Cell.NotRun(reason(e));
    } finally {
      Files.deleteIfExists(difference);
    }
  }

  /**
   * Times a row of numbers through an activation.
   *
   * @param function {@code tanh} or {@code sigmoid}
   * @return nanoseconds an element, or why there are none
   */
  public Cell activation(String function) {
    return single(
        options(ActivationBenchmark.class).param("function", function),
        1000.0 / ActivationBenchmark.FEATURES);
  }

  /**
   * Times opening a model file.
   *
   * @param shape the label of its LSTM's shape
   * @return microseconds, or why there are none
   */
  public Cell open(String shape) {
    return single(options(OpenBenchmark.class).param("shape", shape), 1);
  }

  private Cell single(ChainedOptionsBuilder options, double scale) {
    try {
      return new Cell.Measured(scale * run(options.jvmArgsAppend(JVM_ARGUMENTS)), 0);
    } catch (RunnerException e) {
      return new Cell.NotRun(reason(e));
    }
  }

  private ChainedOptionsBuilder options(Class<?> benchmark) {
    return new OptionsBuilder()
        .include(benchmark.getName() + "\\..*")
        .forks(1)
        .warmupIterations(3)
        .warmupTime(TimeValue.milliseconds(quick ? 100 : 300))
        .measurementIterations(quick ? 5 : 15)
        .measurementTime(TimeValue.milliseconds(quick ? 100 : 200))
        .shouldFailOnError(true);
  }

  private static String[] arguments(String more) {
    List<String> arguments = new ArrayList<>(List.of(JVM_ARGUMENTS));
    arguments.add(more);
    return arguments.toArray(String[]::new);
  }

  /** The median of the iterations, in microseconds a call. */
  private double run(ChainedOptionsBuilder options) throws RunnerException {
    // Its progress is not ours; what goes wrong comes as an exception.
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    OutputFormat silent = OutputFormatFactory.createFormatInstance(nowhere, VerboseMode.SILENT);
    RunResult result = new Runner(options.build(), silent).runSingle();
    results.add(result);
    return result.getPrimaryResult().getStatistics().getPercentile(50);
  }

  /** What went wrong in the other JVM: JMH hides it below exceptions of its own. */
  private static String reason(Throwable e) {
    Throwable deepest = e;
    for (int i = 0; i < 10; i++) {
      if (deepest.getSuppressed().length > 0) {
        deepest = deepest.getSuppressed()[0];
      } else if (deepest.getCause() != null) {
        deepest = deepest.getCause();
      }
    }
    String message = deepest.getMessage() == null ? deepest.toString() : deepest.getMessage();
    return message.lines().findFirst().orElse(deepest.toString());
  }

  /**
   * Writes everything measured in JMH's JSON.
   *
   * @param file receives it
   */
  public void write(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        PrintStream print = new PrintStream(out, false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, print).writeOut(results);
    }
  }
}
