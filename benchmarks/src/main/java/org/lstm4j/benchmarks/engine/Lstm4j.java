// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.engine.training.GradientSession;
import org.lstm4j.engine.training.TrainingMemory;

/**
 * This project's engine, through its public API: arrays in, arrays out.
 *
 * @param cell the cell that runs
 */
public record Lstm4j(CellKind cell) implements EngineProvider {
  /** The name of the LSTM's column. */
  public static final String NAME = "lstm4j";

  @Override
  public String name() {
    return cell.column(NAME);
  }

  @Override
  public String version() {
    return "this build";
  }

  @Override
  public boolean runs(Workload workload) {
    return workload.threads() <= Runtime.getRuntime().availableProcessors();
  }

  @Override
  public EngineProvider reference(Workload workload) {
    EngineProvider textbook = new Textbook(cell);
    return textbook.runs(workload) ? textbook : new Lstm4j(cell);
  }

  @Override
  public LstmEngine open(Workload workload, LstmWeights weights) {
    Network network = weights.network(cell);
    if (workload.learns()) {
      return new Lstm4jLearning(network, workload);
    }
    Session session = network.newSession(options(workload));
    session.warmUp();
    return workload.kind() == Workload.Kind.STEP
        ? new Streaming(network, session)
        : new Sequences(network, session, workload.kind().steps());
  }

  @Override
  public TrainingEngine train(Workload workload, LstmWeights weights) {
    return new Lstm4jTraining(weights.tokenNetwork(cell), workload);
  }

  /**
   * The options that a workload is measured with.
   *
   * @param workload the workload
   * @return the options
   */
  public static SessionOptions options(Workload workload) {
    return SessionOptions.defaults()
        .withBatch(workload.kind().batch())
        .withMaxSteps(workload.kind().steps())
        .withThreads(workload.threads())
        .withWeights(storage(workload.storage()));
  }

  /**
   * What a session that learns holds.
   *
   * @param workload one that learns
   * @param recompute whether it computes gates again on the way back
   * @return its memory
   */
  public static TrainingMemory learningMemory(Workload workload, boolean recompute) {
    try (Network network = LstmWeights.random(workload.shape()).network(CellKind.LSTM);
        GradientSession session = new GradientSession(network, options(workload), recompute)) {
      return session.memory();
    }
  }

  private static WeightStorage storage(Storage storage) {
    return switch (storage) {
      case F32 -> WeightStorage.FLOAT32;
      case BF16 -> WeightStorage.BFLOAT16;
      case INT8 -> WeightStorage.INT8;
    };
  }

  private record Streaming(Network network, Session session) implements LstmEngine {
    @Override
    public void run(float[] x, float[] y) {
      session.step(x, y);
    }

    @Override
    public void close() {
      session.close();
      network.close();
    }
  }

  private record Sequences(Network network, Session session, int steps) implements LstmEngine {
    @Override
    public void run(float[] x, float[] y) {
      session.run(x, steps, y);
    }

    @Override
    public void close() {
      session.close();
      network.close();
    }
  }
}
