// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.lstm4j.benchmarks.engine.Affinity;
import org.lstm4j.benchmarks.engine.Agreement;
import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.Engines;
import org.lstm4j.benchmarks.engine.LstmEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.WarmUp;
import org.lstm4j.benchmarks.engine.Workload;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One call of one engine: a step, a sequence, a batch or a batch there and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LstmBenchmark {
  /** Names the file that receives the largest difference from the reference. */
  static final String DIFFERENCE_FILE = "lstm4j.benchmarks.difference";

  /** The engine's name. */
  @Param("lstm4j")
  private String engine;

  /** The workload's label. */
  @Param("step 128x256 f32")
  private String workload;

  private LstmEngine lstm;
  private float[] x;
  private float[] y;

  /** Loads the engine, refuses it if what it computes is wrong, and warms it up. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    Workload parsed = Workload.parse(workload);
    if (parsed.threads() == 1) {
      Affinity.pinToOneCore();
    }
    LstmWeights weights = LstmWeights.random(parsed.shape());
    EngineProvider provider = Engines.named(engine);
    lstm = provider.open(parsed, weights);
    double difference = Agreement.check(provider.reference(parsed), lstm, parsed, weights);
    report(difference);
    x = LstmWeights.input(parsed.inputElements());
    y = new float[parsed.outputElements()];
    WarmUp.run(() -> lstm.run(x, y));
  }

  /** Tells the JVM that started this one. */
  static void report(double difference) throws IOException {
    String file = System.getProperty(DIFFERENCE_FILE);
    if (file != null) {
      Files.writeString(Path.of(file), Double.toString(difference));
    }
  }

  /** Frees it. */
  @TearDown(Level.Trial)
  public void close() {
    lstm.close();
  }

  /**
   * One call.
   *
   * @return the output, so that it counts as used
   */
  @Benchmark
  public float[] run() {
    lstm.run(x, y);
    return y;
  }
}
