// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.suite;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.lstm4j.benchmarks.engine.Affinity;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.WeightSource;
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

/** A row of {@value #FEATURES} numbers through a network of one activation. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ActivationBenchmark {
  /** Features of the row. */
  static final int FEATURES = 1024;

  /** The activation. */
  @Param({"tanh", "sigmoid"})
  private String function;

  private Network network;
  private Session session;
  private float[] x;
  private float[] y;

  /** Makes the network and its input. */
  @Setup(Level.Trial)
  public void open() {
    Affinity.pinToOneCore();
    network =
        Network.builder()
            .add(new Layer.Activation(activation(), FEATURES))
            .build(WeightSource.of(Map.of()));
    session = network.newSession();
    x = LstmWeights.input(FEATURES);
    for (int i = 0; i < FEATURES; i++) {
      x[i] *= 4;
    }
    y = new float[FEATURES];
  }

  private ActivationFunction activation() {
    return switch (function) {
      case "tanh" -> new ActivationFunction.Tanh();
      case "sigmoid" -> new ActivationFunction.Sigmoid();
      default -> throw new IllegalArgumentException("no activation " + function);
    };
  }

  /** Frees them. */
  @TearDown(Level.Trial)
  public void close() {
    session.close();
    network.close();
  }

  /**
   * One row.
   *
   * @return the output, so that it counts as used
   */
  @Benchmark
  public float[] row() {
    session.step(x, y);
    return y;
  }
}
