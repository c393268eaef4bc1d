// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LayerTest {
  static Stream<Arguments> refusals() {
    return Stream.of(
        refused("classes must be positive, not 0", () -> new Layer.OneHot(0)),
        refused("num_embeddings must be positive, not -1", () -> new Layer.Embedding("e", -1, 2)),
        refused("embedding_dim must be positive, not 0", () -> new Layer.Embedding("e", 2, 0)),
        refused("input_size must be positive, not 0", () -> Layer.Lstm.of("l", 0, 2)),
        refused("hidden_size must be positive, not 0", () -> Layer.Lstm.of("l", 2, 0)),
        refused("num_layers must be positive, not 0", () -> lstm(0, false, 0, false)),
        refused(
            "proj_size must be 0 or smaller than hidden_size 4, not 4",
            () -> lstm(1, false, 4, false)),
        refused(
            "proj_size must be 0 or smaller than hidden_size 4, not -1",
            () -> lstm(1, false, -1, false)),
        refused(
            "an LSTMCell has one layer, one direction and no projection",
            () -> lstm(2, false, 0, true)),
        refused(
            "an LSTMCell has one layer, one direction and no projection",
            () -> lstm(1, true, 0, true)),
        refused(
            "an LSTMCell has one layer, one direction and no projection",
            () -> lstm(1, false, 2, true)),
        refused("in_features must be positive, not 0", () -> linear(0, 1)),
        refused("out_features must be positive, not 0", () -> linear(1, 0)),
        refused(
            "size must be positive, not 0",
            () -> new Layer.Activation(new ActivationFunction.Tanh(), 0)),
        refused("size must be positive, not 0", () -> new Layer.ReadLast(0)),
        refused("size must be positive, not -2", () -> new Layer.ReadFinal(-2)),
        refused("size must be positive, not 0", () -> new Layer.MaxOverTime(0)),
        refused("size must be positive, not 0", () -> new Layer.MeanOverTime(0)),
        refused("size must be positive, not 0", () -> new Layer.DecayOverTime(0, 0.5f)),
        refused("size must be positive, not 0", () -> new Layer.WeightsOverTime(0, List.of(1f))),
        refused("two directions have an even size, not 5", () -> new Layer.ReadFinal(5)),
        refused("a decay factor lies in (0, 1], not 0.0", () -> new Layer.DecayOverTime(2, 0)),
        refused("a decay factor lies in (0, 1], not 1.5", () -> new Layer.DecayOverTime(2, 1.5f)),
        refused(
            "a decay factor lies in (0, 1], not NaN", () -> new Layer.DecayOverTime(2, Float.NaN)),
        refused(
            "weights over time need at least one weight",
            () -> new Layer.WeightsOverTime(2, List.of())),
        refused(
            "attention over 5 features cannot use a W for 4",
            () -> new Layer.AttentionOverTime(5, linear(4, 3), linear(3, 1))),
        refused(
            "an attention score maps 3 features to 1, not 5 to 1",
            () -> new Layer.AttentionOverTime(5, linear(5, 3), linear(5, 1))),
        refused(
            "an attention score maps 5 features to 1, not 5 to 2",
            () -> new Layer.AttentionOverTime(5, null, linear(5, 2))));
  }

  private static Arguments refused(String sentence, Executable layer) {
    return arguments(sentence, Named.of("layer", layer));
  }

  private static Layer.Lstm lstm(int layers, boolean bidirectional, int projSize, boolean cell) {
    return new Layer.Lstm("l", 3, 4, layers, true, bidirectional, projSize, cell);
  }

  private static Layer.Linear linear(int in, int out) {
    return new Layer.Linear("linear", in, out, true);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void aLayerThatCannotBeIsOneSentence(String sentence, Executable layer) {
    assertEquals(sentence, assertThrows(IllegalArgumentException.class, layer).getMessage());
  }

  @Test
  void aCellHasNoLayersInItsNames() {
    assertEquals(
        List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
        new Layer.Lstm("", 3, 4, 1, true, false, 0, true)
            .parameters().stream().map(Parameter::name).toList());
  }

  @Test
  void aLayerAboveTakesBothDirections() {
    Layer.Lstm lstm = new Layer.Lstm("l", 3, 4, 2, true, true, 2, false);

    assertEquals(3, lstm.inputSizeOf(0));
    assertEquals(4, lstm.inputSizeOf(1));
    assertEquals(4, lstm.outputSize());
  }
}
