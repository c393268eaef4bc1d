// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.GruForm;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.LstmForm;

class LayerSummaryTest {
  static Stream<Arguments> layers() {
    return Stream.of(
        arguments(new Layer.OneHot(7), "one_hot(7 -> 7)", 0),
        arguments(new Layer.Embedding("emb", 7, 3), "emb: embedding(7 -> 3)", 21),
        arguments(Layer.Lstm.of("", 3, 4), "lstm(3 -> 4, hidden_size=4)", 144),
        arguments(
            new Layer.Lstm("rnn", 3, 4, 2, false, true, 2, false),
            "rnn: lstm(3 -> 4, hidden_size=4, num_layers=2, bias=false, bidirectional=true,"
                + " proj_size=2)",
            2 * (16 * 3 + 16 * 2 + 8) + 2 * (16 * 4 + 16 * 2 + 8)),
        arguments(
            new Layer.Lstm("cell", 3, 4, 1, true, false, 0, true),
            "cell: lstm_cell(3 -> 4, hidden_size=4)",
            144),
        arguments(Layer.Gru.of("gru", 3, 4), "gru: gru(3 -> 4, hidden_size=4)", 108),
        arguments(
            new Layer.Gru(
                "",
                3,
                4,
                1,
                false,
                false,
                true,
                new GruForm(
                    false,
                    new ActivationFunction.HardSigmoid(0.2f, 0.5f),
                    new ActivationFunction.Tanh(),
                    2)),
            "gru_cell(3 -> 4, hidden_size=4, bias=false, reset_after=false,"
                + " gate=hard_sigmoid(0.2, 0.5), clip=2.0)",
            84),
        arguments(Layer.Rnn.of("rnn", 3, 4), "rnn: rnn(3 -> 4, hidden_size=4)", 36),
        arguments(
            new Layer.Rnn("", 3, 4, 1, true, false, true, new ActivationFunction.Relu()),
            "rnn_cell(3 -> 4, hidden_size=4, nonlinearity=relu)",
            36),
        arguments(
            new Layer.Lstm(
                "",
                3,
                4,
                1,
                true,
                false,
                0,
                false,
                new LstmForm(
                    true,
                    false,
                    new ActivationFunction.Sigmoid(),
                    new ActivationFunction.Tanh(),
                    new ActivationFunction.LeakyRelu(0.5f),
                    0)),
            "lstm(3 -> 4, hidden_size=4, peepholes=true, forget_gate=false,"
                + " output=leaky_relu(0.5))",
            116),
        arguments(new Layer.Linear("fc", 4, 2, false), "fc: linear(4 -> 2, bias=false)", 8),
        arguments(Layer.LayerNorm.of("norm", 4), "norm: layer_norm(4 -> 4)", 8),
        arguments(
            new Layer.LayerNorm("", 4, 0.5f, false, false),
            "layer_norm(4 -> 4, eps=0.5, elementwise_affine=false, bias=false)",
            0),
        arguments(
            new Layer.Residual(
                List.of(new Layer.Linear("a", 4, 3, false), new Layer.Linear("b", 3, 4, true))),
            "residual(4 -> 4, layers=[a: linear(4 -> 3, bias=false), b: linear(3 -> 4)])",
            12 + 16),
        arguments(new Layer.Reverse(4), "reverse(4 -> 4)", 0),
        arguments(new Layer.ReadLast(4), "read_last(4 -> 4)", 0),
        arguments(new Layer.ReadFinal(4), "read_final(4 -> 4)", 0),
        arguments(new Layer.MaxOverTime(4), "read_max(4 -> 4)", 0),
        arguments(new Layer.MeanOverTime(4), "read_mean(4 -> 4)", 0),
        arguments(new Layer.DecayOverTime(4, 0.75f), "read_decay(4 -> 4, factor=0.75)", 0),
        arguments(
            new Layer.WeightsOverTime(4, List.of(1f, 0.5f)),
            "read_weights(4 -> 4, weights_by_age=[1.0, 0.5])",
            0),
        arguments(
            new Layer.AttentionOverTime(4, null, new Layer.Linear("attn", 4, 1, true)),
            "attn: read_attention(4 -> 4, score=dot)",
            5));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aLayerIsKindSizesAndWhatDiffersFromPyTorchsDefaults(
      Layer layer, String text, long parameters) {
    assertEquals(text, LayerSummary.of(layer).toString());
    assertEquals(parameters, LayerSummary.of(layer).parameters());
  }

  static Stream<Arguments> activations() {
    return Stream.of(
        arguments(new ActivationFunction.Sigmoid(), "function=sigmoid"),
        arguments(new ActivationFunction.Tanh(), "function=tanh"),
        arguments(new ActivationFunction.Relu(), "function=relu"),
        arguments(
            new ActivationFunction.LeakyRelu(0.01f), "function=leaky_relu, negative_slope=0.01"),
        arguments(new ActivationFunction.Elu(1), "function=elu, alpha=1.0"),
        arguments(new ActivationFunction.Gelu(false), "function=gelu"),
        arguments(new ActivationFunction.Gelu(true), "function=gelu_tanh"),
        arguments(new ActivationFunction.Silu(), "function=silu"),
        arguments(
            new ActivationFunction.Softplus(2, 5), "function=softplus, beta=2.0, threshold=5.0"),
        arguments(
            new ActivationFunction.HardSigmoid(0.2f, 0.5f),
            "function=hard_sigmoid, alpha=0.2, beta=0.5"),
        arguments(new ActivationFunction.Softmax(), "function=softmax"),
        arguments(new ActivationFunction.LogSoftmax(), "function=log_softmax"));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void anActivationIsItsFunctionAndNumbers(ActivationFunction function, String options) {
    assertEquals(
        "activation(4 -> 4, " + options + ")",
        LayerSummary.of(new Layer.Activation(function, 4)).toString());
  }
}
