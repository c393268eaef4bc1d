// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.GruForm;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.LstmForm;
import org.lstm4j.engine.Parameter;

/**
 * A layer in words.
 *
 * @param kind for example {@code lstm}, {@code linear}, {@code read_last}
 * @param name module path; empty where the layer has none
 * @param inputSize features per time step that it takes
 * @param outputSize features per time step that it gives
 * @param parameters number of weights
 * @param options what else there is to say, by PyTorch's names
 */
record LayerSummary(
    String kind,
    String name,
    int inputSize,
    int outputSize,
    long parameters,
    Map<String, Object> options) {

  private static final Map<String, Object> DEFAULTS =
      Map.ofEntries(
          Map.entry("num_layers", 1),
          Map.entry("bias", true),
          Map.entry("bidirectional", false),
          Map.entry("proj_size", 0),
          Map.entry("nonlinearity", "tanh"),
          Map.entry("peepholes", false),
          Map.entry("forget_gate", true),
          Map.entry("reset_after", true),
          Map.entry("gate", "sigmoid"),
          Map.entry("candidate", "tanh"),
          Map.entry("output", "tanh"),
          Map.entry("clip", 0f),
          Map.entry("eps", 1e-5f),
          Map.entry("elementwise_affine", true));

  static LayerSummary of(Layer layer) {
    return switch (layer) {
      case Layer.OneHot _ -> of(layer, "one_hot", "", Map.of());
      case Layer.Embedding embedding -> of(layer, "embedding", embedding.name(), Map.of());
      case Layer.Lstm lstm -> of(layer, lstm.cell() ? "lstm_cell" : "lstm", lstm.name(), of(lstm));
      case Layer.Gru gru -> of(layer, gru.cell() ? "gru_cell" : "gru", gru.name(), of(gru));
      case Layer.Rnn rnn -> of(layer, rnn.cell() ? "rnn_cell" : "rnn", rnn.name(), of(rnn));
      case Layer.Linear linear -> of(layer, "linear", linear.name(), Map.of("bias", linear.bias()));
      case Layer.Activation activation -> of(layer, "activation", "", of(activation.function()));
      case Layer.LayerNorm norm -> of(layer, "layer_norm", norm.name(), of(norm));
      case Layer.Reverse _ -> of(layer, "reverse", "", Map.of());
      case Layer.Residual residual ->
          of(
              layer,
              "residual",
              "",
              Map.of("layers", residual.layers().stream().map(LayerSummary::of).toList()));
      case Layer.ReadLast _ -> of(layer, "read_last", "", Map.of());
      case Layer.ReadFinal _ -> of(layer, "read_final", "", Map.of());
      case Layer.MaxOverTime _ -> of(layer, "read_max", "", Map.of());
      case Layer.MeanOverTime _ -> of(layer, "read_mean", "", Map.of());
      case Layer.DecayOverTime decay ->
          of(layer, "read_decay", "", Map.of("factor", decay.factor()));
      case Layer.WeightsOverTime weights ->
          of(layer, "read_weights", "", Map.of("weights_by_age", weights.weightsByAge()));
      case Layer.AttentionOverTime attention ->
          of(layer, "read_attention", attention.score().name(), of(attention));
    };
  }

  private static LayerSummary of(
      Layer layer, String kind, String name, Map<String, Object> options) {
    long parameters = layer.parameters().stream().mapToLong(Parameter::size).sum();
    return new LayerSummary(kind, name, layer.inputSize(), layer.outputSize(), parameters, options);
  }

  private static Map<String, Object> of(Layer.Lstm lstm) {
    Map<String, Object> options = sizes(lstm);
    options.put("proj_size", lstm.projSize());
    LstmForm form = lstm.form();
    if (!form.isStandard()) {
      options.put("peepholes", form.peepholes());
      options.put("forget_gate", form.forgetGate());
      options.put("gate", inWords(form.gate()));
      options.put("candidate", inWords(form.candidate()));
      options.put("output", inWords(form.output()));
      options.put("clip", form.clip());
    }
    return options;
  }

  private static Map<String, Object> of(Layer.Gru gru) {
    Map<String, Object> options = sizes(gru);
    GruForm form = gru.form();
    if (!form.isStandard()) {
      options.put("reset_after", form.resetAfter());
      options.put("gate", inWords(form.gate()));
      options.put("candidate", inWords(form.candidate()));
      options.put("clip", form.clip());
    }
    return options;
  }

  private static Map<String, Object> of(Layer.Rnn rnn) {
    Map<String, Object> options = sizes(rnn);
    options.put("nonlinearity", inWords(rnn.nonlinearity()));
    return options;
  }

  private static Map<String, Object> sizes(Layer.Recurrent recurrent) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("hidden_size", recurrent.hiddenSize());
    options.put("num_layers", recurrent.numLayers());
    options.put("bias", recurrent.bias());
    options.put("bidirectional", recurrent.bidirectional());
    return options;
  }

  /** A function and its constants, as in {@code leaky_relu(0.01)}. */
  private static String inWords(ActivationFunction function) {
    Map<String, Object> options = of(function);
    String constants =
        options.values().stream().skip(1).map(Object::toString).collect(Collectors.joining(", "));
    return options.get("function") + (constants.isEmpty() ? "" : "(" + constants + ")");
  }

  private static Map<String, Object> of(Layer.LayerNorm norm) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("eps", norm.eps());
    options.put("elementwise_affine", norm.elementwiseAffine());
    options.put("bias", norm.bias());
    return options;
  }

  private static Map<String, Object> of(Layer.AttentionOverTime attention) {
    return attention.hidden() == null
        ? Map.of("score", "dot")
        : Map.of("score", "additive", "hidden_size", attention.hidden().outFeatures());
  }

  private static Map<String, Object> of(ActivationFunction function) {
    Map<String, Object> options = new LinkedHashMap<>();
    switch (function) {
      case ActivationFunction.Sigmoid() -> options.put("function", "sigmoid");
      case ActivationFunction.Tanh() -> options.put("function", "tanh");
      case ActivationFunction.Relu() -> options.put("function", "relu");
      case ActivationFunction.LeakyRelu(float negativeSlope) -> {
        options.put("function", "leaky_relu");
        options.put("negative_slope", negativeSlope);
      }
      case ActivationFunction.Elu(float alpha) -> {
        options.put("function", "elu");
        options.put("alpha", alpha);
      }
      case ActivationFunction.Gelu(boolean tanh) ->
          options.put("function", tanh ? "gelu_tanh" : "gelu");
      case ActivationFunction.Silu() -> options.put("function", "silu");
      case ActivationFunction.Softplus(float beta, float threshold) -> {
        options.put("function", "softplus");
        options.put("beta", beta);
        options.put("threshold", threshold);
      }
      case ActivationFunction.Softmax() -> options.put("function", "softmax");
      case ActivationFunction.LogSoftmax() -> options.put("function", "log_softmax");
      case ActivationFunction.HardSigmoid(float alpha, float beta) -> {
        options.put("function", "hard_sigmoid");
        options.put("alpha", alpha);
        options.put("beta", beta);
      }
    }
    return options;
  }

  /** Name, kind, sizes and the options that differ from PyTorch's defaults, on one line. */
  @Override
  public String toString() {
    String text =
        options.entrySet().stream()
            .filter(option -> !option.getValue().equals(DEFAULTS.get(option.getKey())))
            .map(option -> ", " + option.getKey() + "=" + option.getValue())
            .collect(Collectors.joining());
    return "%s%s(%d -> %d%s)"
        .formatted(name.isEmpty() ? "" : name + ": ", kind, inputSize, outputSize, text);
  }
}
