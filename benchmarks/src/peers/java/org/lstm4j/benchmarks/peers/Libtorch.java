// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.LstmEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Storage;
import org.lstm4j.benchmarks.engine.TrainingEngine;
import org.lstm4j.benchmarks.engine.Workload;

/** libtorch with its own kernels: oneDNN switched off. */
public final class Libtorch implements EngineProvider {
  @Override
  public String name() {
    return "libtorch";
  }

  @Override
  public String version() {
    return Versions.of("libtorch");
  }

  @Override
  public boolean runs(Workload workload) {
    return workload.storage() == Storage.F32 && workload.threads() == 1;
  }

  @Override
  public LstmEngine open(Workload workload, LstmWeights weights) {
    return workload.learns()
        ? new LibtorchLearning(workload, weights, false)
        : new LibtorchEngine(workload, weights, false);
  }

  @Override
  public TrainingEngine train(Workload workload, LstmWeights weights) {
    return new LibtorchTraining(workload, weights, false);
  }
}
