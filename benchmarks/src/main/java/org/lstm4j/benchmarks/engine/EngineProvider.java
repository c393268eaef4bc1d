// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

/** An engine that can be measured. Peers are found as services of this type. */
public interface EngineProvider {
  /** {@return the name of its column} */
  String name();

  /** {@return the version that runs} */
  String version();

  /**
   * Whether the engine has what a workload asks for.
   *
   * @param workload the workload
   * @return whether {@link #open} may be called, or {@link #train} where the workload trains
   */
  boolean runs(Workload workload);

  /**
   * What its outputs have to agree with.
   *
   * @param workload the workload
   * @return an engine that runs the same weights in float32
   */
  default EngineProvider reference(Workload workload) {
    return new Lstm4j(CellKind.LSTM);
  }

  /**
   * Loads an LSTM.
   *
   * @param workload its shape and how it will be called
   * @param weights its weights
   * @return the engine, with a state of zeros
   * @throws Exception whatever the engine throws if it cannot
   */
  LstmEngine open(Workload workload, LstmWeights weights) throws Exception;

  /**
   * Loads a model to train.
   *
   * @param workload its shape
   * @param weights the weights to begin with
   * @return the engine, with a state of zeros
   * @throws Exception whatever the engine throws if it cannot
   */
  default TrainingEngine train(Workload workload, LstmWeights weights) throws Exception {
    throw new UnsupportedOperationException(name() + " does not train");
  }
}
