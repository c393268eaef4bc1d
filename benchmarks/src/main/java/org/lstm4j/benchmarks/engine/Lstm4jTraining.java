// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.List;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.training.Clipping;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.Trainer;
import org.lstm4j.engine.training.TrainerOptions;
import org.lstm4j.engine.training.Window;

/** This project's training, through its public API: tokens in, changed weights out. */
final class Lstm4jTraining implements TrainingEngine {
  private final Network network;
  private final Trainer trainer;
  private final int steps;

  Lstm4jTraining(Network network, Workload workload) {
    this.network = network;
    steps = workload.kind().steps();
    TrainerOptions options =
        TrainerOptions.defaults()
            .withBatch(workload.kind().batch())
            .withMaxSteps(steps)
            .withThreads(workload.threads())
            .withClipping(Clipping.byNorm(MAX_NORM));
    trainer = new Trainer(network, Loss.crossEntropy(), Optimizer.sgd(LEARNING_RATE), options);
  }

  @Override
  public double learn(int[] tokens, int[] following) {
    return trainer.learn(Window.of(tokens, steps, following)).loss();
  }

  @Override
  public List<float[]> parameters() {
    try (Network now = trainer.network()) {
      return now.parameters().stream()
          .map(Parameter::name)
          .map(name -> now.parameter(name).toArray())
          .toList();
    }
  }

  @Override
  public void close() {
    trainer.close();
    network.close();
  }
}
