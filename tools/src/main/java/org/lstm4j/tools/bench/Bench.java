// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.tools.machine.MachineLimits;
import org.lstm4j.tools.machine.MemoryLevel;

/** Measures a network. */
public final class Bench {
  private static final int CLOCK_READINGS = 100_000;

  /** Steps whose allocation is counted, as far as that takes no longer than a second. */
  private static final int COUNTED_STEPS = 1000;

  /** The measurement of all stages together takes about so long. */
  private static final double STAGE_NANOS = 0.5e9;

  private static final int MOST_REPETITIONS = 1 << 20;

  private final String model;
  private final Network network;
  private final BenchOptions options;
  private final MachineLimits machine;
  private final boolean runs;
  private final int stepsPerCall;
  private final int stepsTogether;

  private Bench(String model, Network network, BenchOptions options, MachineLimits machine) {
    this.model = model;
    this.network = network;
    this.options = options;
    this.machine = machine;
    this.runs = options.stepsPerRun().isPresent() || network.needsWholeSequence();
    this.stepsPerCall = runs ? options.stepsPerRun().orElse(BenchOptions.DEFAULT_STEPS_PER_RUN) : 1;
    this.stepsTogether = runs ? Math.min(stepsPerCall, sessionOptions().maxSteps()) : 1;
  }

  /**
   * Measures a network, on the caller's thread.
   *
   * @param model what the report calls the network
   * @param network stays the caller's to close
   * @param machine the limits of the machine
   * @throws IllegalArgumentException if the input or the output of a call would not fit an array
   */
  public static BenchReport run(
      String model, Network network, BenchOptions options, MachineLimits machine) {
    return new Bench(model, network, options, machine).run();
  }

  private BenchReport run() {
    try (Session session = network.newSession(sessionOptions())) {
      IntConsumer call = runs ? Workload.runs(session, stepsPerCall) : Workload.steps(session);
      double compileSeconds = compile(session);
      WarmUp.Result warmUp = new WarmUp(call).run(options.longestWarmUp());
      double nanos = warmUp.medianNanos();
      Rounds rounds = new Rounds(call, BusyLoop.lasting(nanos), nanos);
      measure(rounds);
      double allocated = allocatedBytesPerStep(call, nanos);
      return report(warmUp(compileSeconds, warmUp), rounds, allocated, stages(session, rounds));
    }
  }

  private SessionOptions sessionOptions() {
    SessionOptions defaults =
        SessionOptions.defaults().withBatch(options.batch()).withThreads(options.threads());
    return network.needsWholeSequence() ? defaults.withMaxSteps(stepsPerCall) : defaults;
  }

  /** What the clock sees of a call that does nothing. */
  private static long clockNanos() {
    Latencies nothing = new Latencies();
    nothing.time(_ -> {}, CLOCK_READINGS);
    return nothing.median();
  }

  private void measure(Rounds rounds) {
    if (options.steps().isPresent()) {
      rounds.measureCalls(Math.ceilDiv(options.steps().getAsLong(), stepsPerCall));
    } else {
      rounds.measureFor(options.duration().toNanos());
    }
  }

  private double allocatedBytesPerStep(IntConsumer call, double nanos) {
    int calls = (int) Math.clamp(1e9 / nanos, 1, COUNTED_STEPS);
    return Allocation.on(options.threads()).bytesPerCall(call, calls) / stepsPerCall;
  }

  private static double compile(Session session) {
    long start = System.nanoTime();
    session.warmUp();
    return (System.nanoTime() - start) / 1e9;
  }

  private BenchReport.WarmUpReport warmUp(double compileSeconds, WarmUp.Result warmUp) {
    return new BenchReport.WarmUpReport(
        compileSeconds,
        warmUp.seconds(),
        warmUp.calls() * stepsPerCall,
        warmUp.steady(),
        warmUp.spread());
  }

  private List<BenchReport.Stage> stages(Session session, Rounds rounds) {
    double repetitions = STAGE_NANOS / nanosPerStep(rounds);
    return session.stageTimes((int) Math.clamp(repetitions, 1, MOST_REPETITIONS)).stream()
        .map(time -> new BenchReport.Stage(name(time.layer()), time.nanosPerStep()))
        .toList();
  }

  private static String name(Layer layer) {
    String kind = layer.getClass().getSimpleName();
    return switch (layer) {
      case Layer.Recurrent recurrent -> kind + " " + recurrent.name();
      case Layer.Linear linear -> kind + " " + linear.name();
      case Layer.Embedding embedding -> kind + " " + embedding.name();
      case Layer.Activation activation -> activation.function().getClass().getSimpleName();
      default -> kind;
    };
  }

  private double nanosPerStep(Rounds rounds) {
    return rounds.nanosPerCall() / stepsPerCall;
  }

  private BenchReport report(
      BenchReport.WarmUpReport warmUp,
      Rounds rounds,
      double allocatedBytesPerStep,
      List<BenchReport.Stage> stages) {
    Roofline roofline = roofline();
    double seconds = nanosPerStep(rounds) / 1e9;
    return new BenchReport(
        setup(),
        warmUp,
        rounds.latency(),
        rounds.busyLatency(),
        clockNanos(),
        nanosPerStep(rounds),
        roofline.flopsPerStep(),
        roofline.weightBytesPerStep(),
        roofline.flopsPerStep() / seconds,
        roofline.weightBytesPerStep() / seconds,
        allocatedBytesPerStep,
        stages,
        limit(roofline, nanosPerStep(rounds)),
        machine());
  }

  private BenchReport.Setup setup() {
    return new BenchReport.Setup(
        model,
        network.weights().name().toLowerCase(Locale.ROOT),
        options.threads(),
        runs ? "run" : "step",
        stepsPerCall,
        network.needsWholeSequence(),
        options.batch());
  }

  private Roofline roofline() {
    WeightTraffic traffic = new WeightTraffic(network, options.batch(), stepsTogether);
    return Roofline.of(
        machine,
        options.threads(),
        (double) network.flopsPerStep() * options.batch(),
        traffic.bytesPerStep(),
        traffic.workingSet());
  }

  private static BenchReport.Limit limit(Roofline roofline, double nanosPerStep) {
    return new BenchReport.Limit(
        roofline.leastNanos(),
        roofline.leastNanos() / nanosPerStep,
        roofline.isBoundByReading() ? "reading" : "arithmetic",
        roofline.arithmeticNanos(),
        roofline.readingNanos(),
        roofline.readBytesPerSecond());
  }

  private BenchReport.Machine machine() {
    return new BenchReport.Machine(
        Runtime.version().toString(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        machine.lanes(),
        machine.fused(),
        machine.flopsPerSecond(),
        machine.levels().stream().map(Bench::level).toList());
  }

  private static BenchReport.Level level(MemoryLevel level) {
    Long bytes = level.bytes() == Long.MAX_VALUE ? null : level.bytes();
    return new BenchReport.Level(level.name(), bytes, level.bytesPerSecond());
  }
}
