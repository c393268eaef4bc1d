// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.LstmEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Storage;
import org.lstm4j.benchmarks.engine.TrainingEngine;
import org.lstm4j.benchmarks.engine.Workload;

/** libtorch as it comes: it calls oneDNN where it sees fit. */
public final class LibtorchOneDnn implements EngineProvider {
  @Override
  public String name() {
    return "libtorch+onednn";
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
        ? new LibtorchLearning(workload, weights, true)
        : new LibtorchEngine(workload, weights, true);
  }

  @Override
  public TrainingEngine train(Workload workload, LstmWeights weights) {
    return new LibtorchTraining(workload, weights, true);
  }
}
