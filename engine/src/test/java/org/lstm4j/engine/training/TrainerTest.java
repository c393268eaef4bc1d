// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;

class TrainerTest {
  private static final int BATCH = 4;
  private static final int STEPS = 6;
  private static final int WINDOWS = 12;
  private static final List<Layer> LAYERS =
      List.of(
          new Layer.Lstm("lstm", 2, 9, 2, true, false, 0, false),
          new Layer.Linear("head", 9, 2, true));
  private static final TrainerOptions OPTIONS =
      TrainerOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS);

  static Stream<Optimizer> optimizers() {
    return Stream.of(Optimizer.sgd(0.1), Optimizer.rmsProp(), Optimizer.adam(), Optimizer.adamW());
  }

  private static Network network() {
    return Network.builder()
        .add(LAYERS.toArray(Layer[]::new))
        .build(Initialization.pyTorch().weights(LAYERS, 1));
  }

  /** Two sines, and what they are a step later. */
  private static Window window(int index) {
    float[] xs = new float[STEPS * BATCH * 2];
    float[] targets = new float[xs.length];
    for (int t = 0; t < STEPS; t++) {
      for (int b = 0; b < BATCH; b++) {
        for (int i = 0; i < 2; i++) {
          int place = (t * BATCH + b) * 2 + i;
          double time = 0.3 * (index * STEPS + t) + b;
          xs[place] = (float) Math.sin(time * (i + 1));
          targets[place] = (float) Math.sin((time + 0.3) * (i + 1));
        }
      }
    }
    return Window.of(xs, STEPS, targets);
  }

  private static float[][] weights(Trainer trainer) {
    try (Network learned = trainer.network()) {
      return learned.parameters().stream()
          .map(parameter -> learned.parameter(parameter.name()).toArray())
          .toArray(float[][]::new);
    }
  }

  private static void learn(Trainer trainer, int from, int to) {
    for (int i = from; i < to; i++) {
      trainer.learn(window(i));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void theLossBecomesSmaller(Optimizer optimizer) {
    try (Network network = network();
        Trainer trainer = new Trainer(network, Loss.meanSquaredError(), optimizer, OPTIONS)) {
      double before = trainer.learn(window(0)).loss();
      for (int epoch = 0; epoch < 30; epoch++) {
        trainer.resetState();
        learn(trainer, 0, WINDOWS);
      }
      trainer.resetState();

      double after = trainer.evaluate(window(0)).loss();

      assertTrue(after < before / 2, before + " became " + after);
    }
  }

  @Test
  void theSameRunGivesTheSameWeightsOnAnyNumberOfThreads() {
    try (Network network = network();
        Trainer one = new Trainer(network, Loss.meanSquaredError(), Optimizer.adam(), OPTIONS);
        Trainer three =
            new Trainer(
                network, Loss.meanSquaredError(), Optimizer.adam(), OPTIONS.withThreads(3))) {
      learn(one, 0, WINDOWS);
      learn(three, 0, WINDOWS);

      assertArrayEquals(weights(one), weights(three));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.4})
  void recomputingGivesTheSameWeights(double dropout) {
    TrainerOptions options = OPTIONS.withDropout(dropout, 7).withThreads(2);
    try (Network network = network();
        Trainer keeps = new Trainer(network, Loss.meanSquaredError(), Optimizer.adam(), options);
        Trainer recomputes =
            new Trainer(
                network, Loss.meanSquaredError(), Optimizer.adam(), options.withRecompute(true))) {
      learn(keeps, 0, WINDOWS);
      learn(recomputes, 0, WINDOWS);

      assertArrayEquals(weights(keeps), weights(recomputes));
      assertEquals(keeps.evaluate(window(0)), recomputes.evaluate(window(0)));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void anInterruptedRunGoesOnToTheSameBits(Optimizer optimizer) {
    TrainerOptions options =
        OPTIONS
            .withClipping(Clipping.byNorm(0.5))
            .withDropout(0.3, 9)
            .withSchedule(new Schedule.ReduceOnPlateau(0.5, 0));
    float[][] expected;
    try (Network network = network();
        Trainer trainer = new Trainer(network, Loss.meanSquaredError(), optimizer, options)) {
      learn(trainer, 0, 5);
      trainer.endEpoch(1);
      learn(trainer, 5, 7);
      trainer.endEpoch(2);
      learn(trainer, 7, WINDOWS);
      expected = weights(trainer);
    }

    try (Network network = network();
        Trainer first = new Trainer(network, Loss.meanSquaredError(), optimizer, options)) {
      learn(first, 0, 5);
      first.endEpoch(1);
      learn(first, 5, 7);
      TrainingState state = first.state();
      try (Network saved = first.network();
          Trainer second = new Trainer(saved, Loss.meanSquaredError(), optimizer, options)) {
        second.restore(state);
        second.endEpoch(2);
        learn(second, 7, WINDOWS);

        assertArrayEquals(expected, weights(second));
        assertEquals(WINDOWS, second.updates());
      }
    }
  }

  @Test
  void whatIsDroppedHasNoGradientAndTheRestIsScaledOnBothWays() {
    int features = 40;
    List<Layer> layers =
        List.of(
            new Layer.Embedding("embedding", 3, features),
            new Layer.Linear("head", features, 2, false));
    try (Network network =
            Network.builder()
                .add(layers.toArray(Layer[]::new))
                .build(Initialization.pyTorch().weights(layers, 3));
        Trainer trainer =
            new Trainer(
                network,
                Loss.crossEntropy(),
                Optimizer.sgd(1),
                TrainerOptions.defaults().withMaxSteps(1).withDropout(0.5, 4))) {
      float[][] before = weights(trainer);
      trainer.learn(Window.of(new int[] {1}, 1, new int[] {1}));
      float[][] after = weights(trainer);

      int dropped = 0;
      for (int i = 0; i < features; i++) {
        float e = before[0][features + i];
        double ofEmbedding = after[0][features + i] - e;
        double first = after[1][i] - before[1][i];
        double second = after[1][features + i] - before[1][features + i];
        dropped += first == 0 ? 1 : 0;
        double expected = before[1][i] * first + before[1][features + i] * second;
        assertEquals(expected, ofEmbedding * e, 1e-5, "feature " + i);
      }
      assertTrue(dropped > 8 && dropped < 32, dropped + " of 40 features were dropped");
    }
  }

  @Test
  void nothingIsDroppedWhereNothingLearns() {
    try (Network network = network();
        Trainer plain = new Trainer(network, Loss.meanSquaredError(), Optimizer.sgd(1), OPTIONS);
        Trainer drops =
            new Trainer(
                network, Loss.meanSquaredError(), Optimizer.sgd(1), OPTIONS.withDropout(0.9, 1))) {
      assertEquals(plain.evaluate(window(0)).loss(), drops.evaluate(window(0)).loss());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "head", "lstm.weight_hh_l1"})
  void whatIsFrozenStays(String frozen) {
    try (Network network = network();
        Trainer trainer =
            new Trainer(
                network, Loss.meanSquaredError(), Optimizer.adam(), OPTIONS.withFrozen(frozen))) {
      float[][] before = weights(trainer);
      learn(trainer, 0, 2);
      float[][] after = weights(trainer);

      List<Parameter> parameters = network.parameters();
      for (int i = 0; i < before.length; i++) {
        String name = parameters.get(i).name();
        assertEquals(name.startsWith(frozen), Arrays.equals(before[i], after[i]), name);
      }
    }
  }

  @Test
  void aNameThatIsNoneOfTheNetworksCannotBeFrozen() {
    try (Network network = network()) {
      Exception e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  new Trainer(
                      network,
                      Loss.meanSquaredError(),
                      Optimizer.sgd(1),
                      OPTIONS.withFrozen("lst")));

      assertTrue(e.getMessage().contains("'lst'"), e::getMessage);
    }
  }

  @Test
  void aLossThatIsNoNumberLeavesTheWeightsAsTheyAre() {
    try (Network network = network();
        Trainer trainer =
            new Trainer(network, Loss.meanSquaredError(), Optimizer.sgd(0.1), OPTIONS)) {
      learn(trainer, 0, 2);
      float[][] before = weights(trainer);
      float[] xs = new float[STEPS * BATCH * 2];
      float[] targets = new float[xs.length];
      targets[5] = Float.NaN;

      assertThrows(DivergedException.class, () -> trainer.learn(Window.of(xs, STEPS, targets)));

      assertArrayEquals(before, weights(trainer));
    }
  }

  @Test
  void whatLiesBeyondALengthCountsForNothing() {
    float[] xs = random(5);
    float[] targets = random(6);
    int[] lengths = {6, 1, 3, 5};
    float[][] expected =
        afterOne(Window.of(xs.clone(), STEPS, targets.clone()).withLengths(lengths));
    for (int t = 0; t < STEPS; t++) {
      for (int b = 0; b < BATCH; b++) {
        if (t >= lengths[b]) {
          Arrays.fill(xs, (t * BATCH + b) * 2, (t * BATCH + b + 1) * 2, Float.NaN);
          Arrays.fill(targets, (t * BATCH + b) * 2, (t * BATCH + b + 1) * 2, Float.NaN);
        }
      }
    }

    float[][] actual = afterOne(Window.of(xs, STEPS, targets).withLengths(lengths));

    assertArrayEquals(expected, actual);
    assertFalse(Float.isNaN(actual[0][0]));
  }

  @Test
  void ofABatchThatIsNotFullTheFirstRowsCount() {
    float[] xs = random(5);
    float[] targets = random(6);
    float[] otherXs = random(7);
    float[] otherTargets = random(8);
    for (int row = 0; row < STEPS * BATCH; row++) {
      if (row % BATCH < 3) {
        System.arraycopy(xs, row * 2, otherXs, row * 2, 2);
        System.arraycopy(targets, row * 2, otherTargets, row * 2, 2);
      }
    }
    Window one = Window.of(xs, STEPS, targets).withLengths(6, 2, 3, 5);
    Window other = Window.of(otherXs, STEPS, otherTargets).withLengths(6, 2, 3, 4);

    assertArrayEquals(afterOne(one.withRows(3)), afterOne(other.withRows(3)));
    assertEquals((6 + 2 + 3) * 2, evaluated(one.withRows(3)).counted());
    assertEquals(evaluated(one.withRows(3)).loss(), evaluated(other.withRows(3)).loss());
    assertEquals(evaluated(one).loss(), evaluated(one.withRows(BATCH)).loss());
  }

  @Test
  void moreRowsThanTheBatchHasCannotCount() {
    Window window = window(0);

    assertThrows(IllegalArgumentException.class, () -> window.withRows(0));
    assertThrows(IllegalArgumentException.class, () -> evaluated(window.withRows(BATCH + 1)));
  }

  private static float[] random(long seed) {
    Random random = new Random(seed);
    float[] values = new float[STEPS * BATCH * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  private static Update evaluated(Window window) {
    try (Network network = network();
        Trainer trainer =
            new Trainer(network, Loss.meanSquaredError(), Optimizer.sgd(0.1), OPTIONS)) {
      return trainer.evaluate(window);
    }
  }

  private static float[][] afterOne(Window window) {
    try (Network network = network();
        Trainer trainer =
            new Trainer(network, Loss.meanSquaredError(), Optimizer.sgd(0.1), OPTIONS)) {
      trainer.learn(window);
      return weights(trainer);
    }
  }
}
