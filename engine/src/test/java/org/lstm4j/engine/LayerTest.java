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
        refused("size must be positive, not 0", () -> Layer.LayerNorm.of("norm", 0)),
        refused("eps must be a number from 0, not -1.0", () -> norm(-1, true)),
        refused("eps must be a number from 0, not NaN", () -> norm(Float.NaN, true)),
        refused(
            "eps must be a number from 0, not Infinity", () -> norm(Float.POSITIVE_INFINITY, true)),
        refused("a LayerNorm without weight has no bias", () -> norm(1, false)),
        refused("size must be positive, not 0", () -> new Layer.Reverse(0)),
        refused("a Residual needs at least one layer", () -> residual()),
        refused("a Residual cannot contain OneHot[classes=4]", () -> residual(new Layer.OneHot(4))),
        refused(
            "a Residual cannot contain Embedding[name=e, numEmbeddings=4, embeddingDim=4]",
            () -> residual(new Layer.Embedding("e", 4, 4))),
        refused(
            "a Residual cannot contain ReadLast[size=4]",
            () -> residual(linear(4, 4), new Layer.ReadLast(4))),
        refused(
            "in a Residual, " + linear(2, 4) + " takes 2 features, but is given 3",
            () -> residual(linear(4, 3), linear(2, 4))),
        refused(
            "a Residual gives as many features as it takes, not 3 for 4",
            () -> residual(linear(4, 3))),
        refused("Residual layers may lie in each other at most 16 deep", () -> nestedResidual(17)),
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

  private static Layer.LayerNorm norm(float eps, boolean elementwiseAffine) {
    return new Layer.LayerNorm("norm", 3, eps, elementwiseAffine, true);
  }

  private static Layer.Residual residual(Layer... layers) {
    return new Layer.Residual(List.of(layers));
  }

  private static Layer nestedResidual(int depth) {
    return residual(depth == 1 ? linear(4, 4) : nestedResidual(depth - 1));
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
  void theLeavesOfAResidualAreTheLayersInsideIt() {
    Layer.Linear down = new Layer.Linear("down", 4, 3, true);
    Layer.Linear up = new Layer.Linear("up", 3, 4, false);
    Layer.LayerNorm norm = Layer.LayerNorm.of("norm", 4);

    assertEquals(List.of(norm), norm.leaves());
    assertEquals(List.of(norm, down, up), residual(norm, residual(down, up)).leaves());
    assertEquals(
        List.of("norm.weight", "norm.bias", "down.weight", "down.bias", "up.weight"),
        residual(norm, residual(down, up)).parameters().stream().map(Parameter::name).toList());
  }

  @Test
  void aLayerAboveTakesBothDirections() {
    Layer.Lstm lstm = new Layer.Lstm("l", 3, 4, 2, true, true, 2, false);

    assertEquals(3, lstm.inputSizeOf(0));
    assertEquals(4, lstm.inputSizeOf(1));
    assertEquals(4, lstm.outputSize());
  }
}
