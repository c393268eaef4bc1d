// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;

class InitializationTest {
  private static final int HIDDEN = 64;
  private static final Layer.Lstm LSTM = Layer.Lstm.of("lstm", 40, HIDDEN);
  private static final Layer.Linear LINEAR = new Layer.Linear("fc", HIDDEN, 100, true);
  private static final Layer.LayerNorm NORM =
      new Layer.LayerNorm("norm", HIDDEN, 1e-5f, true, true);
  private static final Layer.Embedding EMBEDDING = new Layer.Embedding("embedding", 100, 40);
  private static final List<Layer> LAYERS = List.of(EMBEDDING, LSTM, NORM, LINEAR);

  @Test
  void everyKindOfLayerCanBeInitialized() {
    Layer[] layers = {
      EMBEDDING,
      new Layer.Lstm("lstm", 40, 6, 2, true, true, 4, false),
      new Layer.Lstm("cell", 8, 6, 1, true, false, 0, true),
      new Layer.Residual(
          List.of(Layer.LayerNorm.of("norm", 6), new Layer.Linear("inner", 6, 6, false))),
      new Layer.Gru("gru", 6, 5, 1, true, true, false),
      new Layer.AttentionOverTime(
          10, new Layer.Linear("hidden", 10, 3, true), new Layer.Linear("score", 3, 1, false)),
      new Layer.Linear("fc", 10, 2, true)
    };
    for (Initialization how :
        List.of(
            Initialization.pyTorch(),
            Initialization.d2l(),
            new Initialization.Uniform(1),
            new Initialization.ForgetGateBias(Initialization.pyTorch(), 1),
            new Initialization.Chrono(Initialization.pyTorch(), 100))) {
      try (Network network = Network.builder().add(layers).build(how.weights(List.of(layers), 1))) {
        assertTrue(network.parameter("score.weight").size() > 0);
      }
    }
  }

  @Test
  void pyTorchsRecurrentAndLinearLayersAreUniformByTheirSize() {
    Initialization pyTorch = Initialization.pyTorch();
    for (String name : List.of("lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_hh_l0")) {
      assertUniform(read(pyTorch, name), 0.125, name);
    }
    assertUniform(read(pyTorch, "fc.weight"), 0.125, "fc.weight");
    assertUniform(read(pyTorch, "fc.bias"), 0.125, "fc.bias");
  }

  @Test
  void pyTorchsEmbeddingIsNormal() {
    assertNormal(read(Initialization.pyTorch(), "embedding.weight"), 1);
  }

  @Test
  void normalWeightsHaveBiasesOfZero() {
    assertNormal(read(Initialization.d2l(), "lstm.weight_hh_l0"), 0.01);
    assertNormal(read(Initialization.d2l(), "fc.weight"), 0.01);
    assertArrayEquals(new float[100], read(Initialization.d2l(), "fc.bias"));
  }

  @Test
  void uniformWeightsFillTheirBound() {
    assertUniform(read(new Initialization.Uniform(0.7), "lstm.weight_hh_l0"), 0.7, "weights");
    assertUniform(read(new Initialization.Uniform(0.7), "fc.bias"), 0.7, "biases");
  }

  @Test
  void normalisationBeginsWithNothingDone() {
    float[] ones = new float[HIDDEN];
    Arrays.fill(ones, 1);
    for (Initialization how : List.of(Initialization.pyTorch(), Initialization.d2l())) {
      assertArrayEquals(ones, read(how, "norm.weight"));
      assertArrayEquals(new float[HIDDEN], read(how, "norm.bias"));
    }
  }

  @Test
  void forgetGatesGetTheirBiasAndNothingElseChanges() {
    Initialization others = Initialization.pyTorch();
    Initialization how = new Initialization.ForgetGateBias(others, 1);
    float[] ofInput = read(others, "lstm.bias_ih_l0");
    float[] ofHidden = read(others, "lstm.bias_hh_l0");
    Arrays.fill(ofInput, HIDDEN, 2 * HIDDEN, 1);
    Arrays.fill(ofHidden, HIDDEN, 2 * HIDDEN, 0);

    assertArrayEquals(ofInput, read(how, "lstm.bias_ih_l0"));
    assertArrayEquals(ofHidden, read(how, "lstm.bias_hh_l0"));
    assertArrayEquals(read(others, "fc.weight"), read(how, "fc.weight"));
  }

  @Test
  void chronoGatesRememberForUpToTheMostTimeSteps() {
    Initialization how = new Initialization.Chrono(Initialization.pyTorch(), 500);
    float[] ofInput = read(how, "lstm.bias_ih_l0");
    float[] ofHidden = read(how, "lstm.bias_hh_l0");
    double shortest = Double.POSITIVE_INFINITY;
    double longest = 0;
    for (int unit = 0; unit < HIDDEN; unit++) {
      assertEquals(-ofInput[HIDDEN + unit], ofInput[unit]);
      shortest = Math.min(shortest, Math.exp(ofInput[HIDDEN + unit]));
      longest = Math.max(longest, Math.exp(ofInput[HIDDEN + unit]));
    }

    assertTrue(shortest >= 1 && shortest < 100, "shortest " + shortest);
    assertTrue(longest > 400 && longest < 500, "longest " + longest);
    for (int i = 0; i < 2 * HIDDEN; i++) {
      assertEquals(0, Math.abs(ofHidden[i]));
    }
    assertUniform(Arrays.copyOfRange(ofInput, 2 * HIDDEN, 4 * HIDDEN), 0.125, "other gates");
  }

  @Test
  void theSeedDecides() {
    assertArrayEquals(
        read(Initialization.pyTorch(), "fc.weight"), read(Initialization.pyTorch(), "fc.weight"));
    assertFalse(
        Arrays.equals(
            read(Initialization.pyTorch(), 2, "fc.weight"),
            read(Initialization.pyTorch(), 1, "fc.weight")));
  }

  @Test
  void theNumbersAreTheSameOnEveryMachine() {
    float[] normal = read(Initialization.pyTorch(), "embedding.weight");
    float[] uniform = read(Initialization.pyTorch(), "fc.bias");
    assertArrayEquals(new float[] {-0.35229325f, 1.0757079f}, Arrays.copyOf(normal, 2));
    assertArrayEquals(new float[] {0.057275742f, -0.053162314f}, Arrays.copyOf(uniform, 2));
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Initialization.Normal(-1));
    assertThrows(IllegalArgumentException.class, () -> new Initialization.Uniform(Double.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Initialization.ForgetGateBias(Initialization.d2l(), Double.NaN));
    assertThrows(
        IllegalArgumentException.class, () -> new Initialization.Chrono(Initialization.d2l(), 1));
  }

  private static float[] read(Initialization how, String name) {
    return read(how, 1, name);
  }

  private static float[] read(Initialization how, long seed, String name) {
    float[][] result = new float[1][];
    how.weights(LAYERS, seed).read(name, piece -> result[0] = piece.toArray(JAVA_FLOAT_UNALIGNED));
    return result[0];
  }

  private static void assertUniform(float[] values, double bound, String what) {
    double n = (double) values.length;
    double sum = 0;
    double largest = 0;
    for (float value : values) {
      sum += value;
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest <= bound && largest > bound * (1 - 20 / n), what + ": up to " + largest);
    assertEquals(0, sum / n, 5 * bound / Math.sqrt(3 * n), what);
  }

  private static void assertNormal(float[] values, double deviation) {
    double n = (double) values.length;
    double sum = 0;
    double squares = 0;
    int within = 0;
    for (float value : values) {
      sum += value;
      squares += value * (double) value;
      within += Math.abs(value) < deviation ? 1 : 0;
    }
    assertEquals(0, sum / n, 5 * deviation / Math.sqrt(n));
    assertEquals(deviation, Math.sqrt(squares / n), 5 * deviation / Math.sqrt(2 * n));
    assertEquals(0.6827, within / n, 5 * Math.sqrt(0.6827 * 0.3173 / n));
  }
}
