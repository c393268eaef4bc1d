// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;

/** Parameters that are one, and rows for padding, against PyTorch. */
class TiedParametersTest {
  private static final TrainingGolden GOLDEN = TrainingGolden.read("tied.txt");
  private static final String TABLE = "embedding.weight";
  private static final String SCORES = "decoder.weight";
  private static final int STEPS = 7;
  private static final int UPDATES = 5;
  private static final Optimizer SGD = Optimizer.sgd(0.5).withMomentum(0.5).withWeightDecay(0.01);
  private static final TrainerOptions OPTIONS =
      TrainerOptions.defaults().withBatch(3).withMaxSteps(STEPS).withClipping(Clipping.byNorm(0.5));

  private static Network network() {
    Network.Builder builder =
        Network.builder()
            .add(
                new Layer.Embedding("embedding", 11, 6),
                Layer.Lstm.of("lstm", 6, 6),
                new Layer.Linear("decoder", 6, 11, true));
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (Parameter parameter : builder.parameters()) {
      long[] shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
      float[] values = GOLDEN.floats("start", parameter.name());
      weights.put(parameter.name(), Tensor.of(values, shape));
    }
    return builder.build(WeightSource.of(weights));
  }

  private static int[] ints(String key) {
    return Arrays.stream(GOLDEN.doubles("inputs", key)).mapToInt(value -> (int) value).toArray();
  }

  private static Window window() {
    return Window.of(ints("tokens"), STEPS, ints("classes"));
  }

  private static float[] weights(Trainer trainer, String parameter) {
    try (Network network = trainer.network()) {
      return network.parameter(parameter).toArray();
    }
  }

  @ParameterizedTest
  @CsvSource({"tied, true, false", "padding, false, true", "tied-padding, true, true"})
  void updatesAreThoseOfPyTorch(String name, boolean tied, boolean padding) {
    TrainerOptions options = tied ? OPTIONS.withTied(TABLE, SCORES) : OPTIONS;
    options = padding ? options.withPadding("embedding", 2) : options;
    double[] losses = new double[UPDATES];
    double[] norms = new double[UPDATES];
    try (Network network = network();
        Trainer trainer = new Trainer(network, Loss.crossEntropy(), SGD, options)) {
      for (int i = 0; i < UPDATES; i++) {
        trainer.resetState();
        Update update = trainer.learn(window());
        losses[i] = update.loss();
        norms[i] = update.gradientNorm();
      }

      GOLDEN.assertWithinBound(name, "losses", losses);
      GOLDEN.assertWithinBound(name, "norms", norms);
      for (Parameter parameter : network.parameters()) {
        String key = parameter.name();
        GOLDEN.assertWithinBound(name, key, weights(trainer, key));
      }
    }
  }

  @Test
  void oneOfThemMayComeFirst() {
    try (Network network = network();
        Trainer one =
            new Trainer(network, Loss.crossEntropy(), SGD, OPTIONS.withTied(TABLE, SCORES));
        Trainer other =
            new Trainer(network, Loss.crossEntropy(), SGD, OPTIONS.withTied(SCORES, TABLE))) {
      one.learn(window());
      other.learn(window());

      assertArrayEquals(weights(one, TABLE), weights(other, TABLE), 1e-6f);
      assertArrayEquals(weights(one, TABLE), weights(one, SCORES));
      assertArrayEquals(weights(other, TABLE), weights(other, SCORES));
    }
  }

  @ParameterizedTest
  @CsvSource({TABLE, "decoder"})
  void ifOneIsFrozenAllAre(String frozen) {
    TrainerOptions options = OPTIONS.withTied(TABLE, SCORES).withFrozen(frozen);
    try (Network network = network();
        Trainer trainer = new Trainer(network, Loss.crossEntropy(), SGD, options)) {
      float[] before = weights(trainer, TABLE);
      trainer.learn(window());

      assertArrayEquals(before, weights(trainer, TABLE));
      assertArrayEquals(before, weights(trainer, SCORES));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "embedding.weight, decoder.bias, they are",
    "embedding.weight, decoder.wait, it is no parameter",
    "embedding.weight, embedding.weight, is tied twice"
  })
  void whatCannotBeTiedIsNamed(String first, String second, String reason) {
    refuses(OPTIONS.withTied(first, second), second, reason);
  }

  @ParameterizedTest
  @CsvSource({"embedding, 11, which has 11", "decoder, 0, no embedding is named"})
  void whatCannotBePaddingIsNamed(String embedding, int token, String reason) {
    refuses(OPTIONS.withPadding(embedding, token), embedding, reason);
  }

  private static void refuses(TrainerOptions options, String name, String reason) {
    try (Network network = network()) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new Trainer(network, Loss.crossEntropy(), SGD, options).close())
              .getMessage();
      assertTrue(message.contains(name) && message.contains(reason), message);
    }
  }

  @Test
  void groupsAddUp() {
    TrainerOptions options = OPTIONS.withTied("a", "b").withTied("c", "d", "e");

    assertEquals(List.of(List.of("a", "b"), List.of("c", "d", "e")), options.tied());
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withTied("a"));
  }
}
