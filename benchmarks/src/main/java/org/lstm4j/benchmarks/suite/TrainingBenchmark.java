// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.suite;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.lstm4j.benchmarks.engine.Affinity;
import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.Engines;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.TokenWindow;
import org.lstm4j.benchmarks.engine.TrainingAgreement;
import org.lstm4j.benchmarks.engine.TrainingEngine;
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

/** One training step of one engine, on the windows of a text in turn. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TrainingBenchmark {
  /** The engine's name. */
  @Param("lstm4j")
  private String engine;

  /** The workload's label. */
  @Param("training 28x256+28 f32")
  private String workload;

  private TrainingEngine model;
  private List<TokenWindow> windows;
  private int next;

  /** Loads the engine, refuses it if it trains wrongly, and warms it up. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    Workload parsed = Workload.parse(workload);
    if (parsed.threads() == 1) {
      Affinity.pinToOneCore();
    }
    LstmWeights weights = LstmWeights.random(parsed.shape());
    EngineProvider provider = Engines.named(engine);
    model = provider.train(parsed, weights);
    LstmBenchmark.report(
        TrainingAgreement.check(provider.reference(parsed), model, parsed, weights));
    windows = TokenWindow.ofText(parsed);
    WarmUp.run(this::run);
  }

  /** Frees it. */
  @TearDown(Level.Trial)
  public void close() {
    model.close();
  }

  /**
   * One step.
   *
   * @return the loss, so that it counts as used
   */
  @Benchmark
  public double run() {
    TokenWindow window = windows.get(next);
    next = (next + 1) % windows.size();
    return model.learn(window.tokens(), window.following());
  }
}
