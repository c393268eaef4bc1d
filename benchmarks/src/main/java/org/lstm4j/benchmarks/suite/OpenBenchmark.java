// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.lstm4j.benchmarks.engine.CellKind;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Shape;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;
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

/** Opening a model file: mapping, verifying and packing, and closing it again. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OpenBenchmark {
  /** Input size and hidden size. */
  @Param({"1x20", "40x64", "256x512"})
  private String shape;

  private Path file;

  /** Writes the model file. */
  @Setup(Level.Trial)
  public void write() throws IOException {
    file = Files.createTempFile("lstm4j-benchmark", ".l4j");
    try (Network network = LstmWeights.random(Shape.parse(shape)).network(CellKind.LSTM)) {
      ModelFile.write(network, file);
    }
  }

  /** Deletes it. */
  @TearDown(Level.Trial)
  public void delete() throws IOException {
    Files.delete(file);
  }

  /**
   * Opens it.
   *
   * @return the size, so that the network counts as used
   */
  @Benchmark
  public long open() throws IOException {
    try (Network network = ModelFile.open(file)) {
      return network.packedBytes();
    }
  }
}
