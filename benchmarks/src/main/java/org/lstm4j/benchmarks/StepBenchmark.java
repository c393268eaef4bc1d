// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One time step of one LSTM at batch 1, from array to array: the streaming case. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StepBenchmark {
  /** Input size and hidden size. */
  @Param({"1x8", "1x20", "1x40", "40x64", "64x128", "128x128", "128x256", "256x512", "512x1024"})
  private String size;

  private Network network;
  private Session session;
  private float[] x;
  private float[] y;

  /** Makes the network and its input. */
  @Setup(Level.Trial)
  public void open() {
    network = RandomNetworks.lstm(size);
    session = network.newSession();
    x = new float[network.inputSize()];
    y = new float[network.outputSize()];
    Arrays.fill(x, 0.5f);
  }

  /** Frees them. */
  @TearDown(Level.Trial)
  public void close() {
    session.close();
    network.close();
  }

  /**
   * One step.
   *
   * @return the output, so that it counts as used
   */
  @Benchmark
  public float[] step() {
    session.step(x, y);
    return y;
  }
}
