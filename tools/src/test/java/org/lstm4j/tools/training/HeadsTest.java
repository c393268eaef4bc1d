// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.training.Initialization;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.Trainer;
import org.lstm4j.engine.training.TrainerOptions;
import org.lstm4j.engine.training.Window;

/** What a network may make of a sequence, and a sequence of: each kind learns. */
class HeadsTest {
  private static final int BATCH = 16;
  private static final int STEPS = 8;
  private static final int HIDDEN_SIZE = 16;
  private static final int UPDATES = 300;
  private static final Layer LSTM = Layer.Lstm.of("lstm", 1, HIDDEN_SIZE);
  private static final Layer HEAD = new Layer.Linear("head", HIDDEN_SIZE, 1, true);

  /**
   * A problem.
   *
   * @param window a new batch of it
   * @param ignorance the loss of who always says the mean
   */
  record Problem(
      String name, Network.Builder network, Function<Random, Window> window, double ignorance) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Problem> problems() {
    double uniform = 1.0 / 3;
    return Stream.of(
        new Problem(
            "many to one: the mean of a sequence",
            Network.builder().add(LSTM, new Layer.ReadLast(HIDDEN_SIZE), HEAD),
            HeadsTest::mean,
            uniform / STEPS),
        new Problem(
            "many to many: each time step gives the input before it",
            Network.builder().add(LSTM, HEAD),
            HeadsTest::echo,
            uniform * (STEPS - 1) / STEPS),
        new Problem(
            "one to many: a wave from its height, given at each time step",
            Network.builder().add(LSTM, HEAD).oneToMany(repeat(OneToMany.Mode.REPEAT)),
            HeadsTest::wave,
            uniform / 2),
        new Problem(
            "one to many: a wave from its height, given once",
            Network.builder().add(LSTM, HEAD).oneToMany(repeat(OneToMany.Mode.ZEROS)),
            HeadsTest::wave,
            uniform / 2));
  }

  private static OneToMany repeat(OneToMany.Mode mode) {
    return new OneToMany(mode, STEPS);
  }

  private static float[] uniform(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  private static Window mean(Random random) {
    float[] xs = uniform(random, STEPS * BATCH);
    float[] means = new float[BATCH];
    for (int i = 0; i < xs.length; i++) {
      means[i % BATCH] += xs[i] / STEPS;
    }
    return Window.of(xs, STEPS, means);
  }

  private static Window echo(Random random) {
    float[] xs = uniform(random, STEPS * BATCH);
    float[] before = new float[xs.length];
    System.arraycopy(xs, 0, before, BATCH, xs.length - BATCH);
    return Window.of(xs, STEPS, before);
  }

  private static Window wave(Random random) {
    float[] heights = uniform(random, BATCH);
    float[] wave = new float[STEPS * BATCH];
    for (int t = 0; t < STEPS; t++) {
      double phase = 2 * Math.PI * t / STEPS;
      for (int b = 0; b < BATCH; b++) {
        wave[t * BATCH + b] = heights[b] * (float) Math.sin(phase);
      }
    }
    return Window.of(heights, STEPS, wave);
  }

  @ParameterizedTest
  @MethodSource("problems")
  void everyHeadLearns(Problem problem) {
    Random random = new Random(2);
    TrainerOptions options = TrainerOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS);
    try (Network start =
            problem.network().build(Initialization.pyTorch().weights(List.of(LSTM, HEAD), 1));
        Trainer trainer =
            new Trainer(
                start, Loss.meanSquaredError(), Optimizer.adam().withLearningRate(0.01), options)) {
      for (int i = 0; i < UPDATES; i++) {
        trainer.resetState();
        trainer.learn(problem.window().apply(random));
      }
      trainer.resetState();
      double loss = trainer.evaluate(problem.window().apply(random)).loss();

      assertTrue(loss < problem.ignorance() / 5, "loss " + loss);
    }
  }
}
