// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.optimization;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.gradient.ParameterMemory;
import org.lstm4j.engine.kernel.SessionKernels;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Team;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.TrainingGolden;

/** The problem of the goldens, a linear layer and mean squared error, and an optimizer at it. */
final class Descent implements AutoCloseable {
  private static final int INPUTS = 7;
  private static final int OUTPUTS = 5;

  private final Arena arena = Arena.ofShared();
  private final Team team;
  private final float[] x;
  private final float[] y;
  private final int samples;
  private final ParameterMemory memory;
  private final OptimizerState state;

  Descent(TrainingGolden golden, Optimizer optimizer, Predicate<String> learns, int threads) {
    team = new Team(threads);
    x = golden.floats("problem", "x");
    y = golden.floats("problem", "y");
    samples = y.length / OUTPUTS;
    memory =
        new ParameterMemory(
            List.of(
                new Parameter("weight", List.of((long) INPUTS, (long) OUTPUTS)),
                new Parameter("bias", List.of((long) OUTPUTS))),
            arena);
    memory.values("weight").copyFrom(MemorySegment.ofArray(golden.floats("problem", "weight")));
    memory.values("bias").copyFrom(MemorySegment.ofArray(golden.floats("problem", "bias")));
    SessionKernels kernels = new SessionKernels(threads, new HashSet<>());
    Resources resources = new Resources(arena, kernels, team, false);
    state = new OptimizerState(optimizer, new LearningParameters(memory, learns), resources);
    kernels.start();
  }

  OptimizerState state() {
    return state;
  }

  ParameterMemory memory() {
    return memory;
  }

  float[] values(String name) {
    return memory.values(name).toArray(JAVA_FLOAT);
  }

  /** Some updates; the loss before each. */
  double[] run(int updates, double learningRate) {
    double[] losses = new double[updates];
    for (int i = 0; i < updates; i++) {
      losses[i] = loss();
      update(learningRate);
    }
    return losses;
  }

  void update(double learningRate) {
    state.update(memory.values(), memory.gradients(), learningRate);
  }

  /** The loss, in double precision, and its gradient, rounded. */
  private double loss() {
    double[] weightGradient = new double[INPUTS * OUTPUTS];
    double[] biasGradient = new double[OUTPUTS];
    double loss = 0;
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < OUTPUTS; j++) {
        double rest = memory.values("bias").getAtIndex(JAVA_FLOAT, j) - y[n * OUTPUTS + j];
        for (int i = 0; i < INPUTS; i++) {
          double weight = memory.values("weight").getAtIndex(JAVA_FLOAT, i * OUTPUTS + j);
          rest += x[n * INPUTS + i] * weight;
        }
        loss += rest * rest / y.length;
        biasGradient[j] += 2 * rest / y.length;
        for (int i = 0; i < INPUTS; i++) {
          weightGradient[i * OUTPUTS + j] += 2 * rest * x[n * INPUTS + i] / y.length;
        }
      }
    }
    store(weightGradient, memory.gradients("weight"));
    store(biasGradient, memory.gradients("bias"));
    return loss;
  }

  private static void store(double[] values, MemorySegment target) {
    for (int i = 0; i < values.length; i++) {
      target.setAtIndex(JAVA_FLOAT, i, (float) values[i]);
    }
  }

  @Override
  public void close() {
    team.close();
    arena.close();
  }
}
