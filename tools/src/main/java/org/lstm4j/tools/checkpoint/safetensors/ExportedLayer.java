// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.safetensors;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.checkpoint.Refusal;
import tools.jackson.databind.JsonNode;

/**
 * One layer as {@code lstm4j_export.py} describes it: a class of torch.nn and its arguments.
 *
 * @param node an object with a kind and the arguments
 */
record ExportedLayer(JsonNode node) {
  /** Of a recurrent layer: whether it has a learned initial state. */
  static final String INITIAL_STATE = "initial_state";

  /** PyTorch's {@code Hardsigmoid}. */
  static final ActivationFunction.HardSigmoid HARD_SIGMOID =
      new ActivationFunction.HardSigmoid(1f / 6, 0.5f);

  /**
   * Adds what the layer is; it takes as many features as the layers so far give.
   *
   * @param starting is given the recurrent layers that have a learned initial state
   */
  void addTo(List<Layer> layers, List<Layer.Recurrent> starting) {
    String kind = text("kind");
    switch (kind) {
      case "LSTM", "GRU", "RNN" -> layers.add(stack(kind));
      case "LSTMCell", "GRUCell", "RNNCell" -> layers.add(cell(kind));
      case "Residual" -> layers.add(residual(layers, starting));
      case "Attention" -> layers.add(attention(layers));
      case "Linear" -> layers.add(linear());
      case "Embedding" ->
          layers.add(
              new Layer.Embedding(text("name"), size("num_embeddings"), size("embedding_dim")));
      case "LayerNorm" -> layers.add(layerNorm());
      case "OneHot" -> layers.add(new Layer.OneHot(size("classes")));
      case "Reverse" -> layers.add(new Layer.Reverse(features(layers)));
      case "Read" -> addRead(layers);
      default -> layers.add(new Layer.Activation(function(kind), features(layers)));
    }
    if (layers.getLast() instanceof Layer.Recurrent recurrent
        && node.has(INITIAL_STATE)
        && flag(INITIAL_STATE)) {
      starting.add(recurrent);
    }
  }

  private Layer.Linear linear() {
    return new Layer.Linear(text("name"), size("in_features"), size("out_features"), flag("bias"));
  }

  private Layer residual(List<Layer> before, List<Layer.Recurrent> starting) {
    // An activation that comes first in it takes its size from the layer before.
    List<Layer> inside = new ArrayList<>(before);
    for (JsonNode layer : argument("layers")) {
      new ExportedLayer(layer).addTo(inside, starting);
    }
    return new Layer.Residual(inside.subList(before.size(), inside.size()));
  }

  private Layer attention(List<Layer> layers) {
    JsonNode hidden = argument("hidden");
    return new Layer.AttentionOverTime(
        features(layers),
        hidden.isNull() ? null : new ExportedLayer(hidden).linear(),
        new ExportedLayer(argument("score")).linear());
  }

  private Layer stack(String kind) {
    int layers = size("num_layers");
    boolean bidirectional = flag("bidirectional");
    return kind.equals("LSTM")
        ? new Layer.Lstm(
            text("name"),
            size("input_size"),
            size("hidden_size"),
            layers,
            flag("bias"),
            bidirectional,
            size("proj_size"),
            false)
        : recurrent(kind, layers, bidirectional, false);
  }

  private Layer cell(String kind) {
    return kind.equals("LSTMCell")
        ? new Layer.Lstm(
            text("name"), size("input_size"), size("hidden_size"), 1, flag("bias"), false, 0, true)
        : recurrent(kind, 1, false, true);
  }

  private Layer recurrent(String kind, int layers, boolean bidirectional, boolean cell) {
    String name = text("name");
    int input = size("input_size");
    int hidden = size("hidden_size");
    return kind.startsWith("GRU")
        ? new Layer.Gru(name, input, hidden, layers, flag("bias"), bidirectional, cell)
        : new Layer.Rnn(
            name, input, hidden, layers, flag("bias"), bidirectional, cell, nonlinearity());
  }

  private ActivationFunction nonlinearity() {
    return text("nonlinearity").equals("relu")
        ? new ActivationFunction.Relu()
        : new ActivationFunction.Tanh();
  }

  private Layer layerNorm() {
    JsonNode shape = argument("normalized_shape");
    Refusal.require(
        shape.size() == 1 && shape.path(0).isInt(),
        "declares %s, which normalises other than one dimension",
        node);
    return new Layer.LayerNorm(
        text("name"),
        shape.get(0).asInt(),
        number("eps"),
        flag("elementwise_affine"),
        flag("bias"));
  }

  private void addRead(List<Layer> layers) {
    int size = features(layers);
    String what = text("what");
    boolean bothDirections =
        layers.getLast() instanceof Layer.Recurrent recurrent && recurrent.bidirectional();
    switch (what) {
      case "last" -> layers.add(new Layer.ReadLast(size));
      case "final" -> {
        boolean both = node.has("directions") ? size("directions") == 2 : bothDirections;
        layers.add(both ? new Layer.ReadFinal(size) : new Layer.ReadLast(size));
      }
      case "max" -> layers.add(new Layer.MaxOverTime(size));
      case "mean" -> layers.add(new Layer.MeanOverTime(size));
      case "decay" -> layers.add(new Layer.DecayOverTime(size, number("factor")));
      case "weights" -> layers.add(new Layer.WeightsOverTime(size, numbers("weights")));
      default -> throw unknown("reads '" + what + "' over time");
    }
  }

  private ActivationFunction function(String kind) {
    return switch (kind) {
      case "ReLU" -> new ActivationFunction.Relu();
      case "Tanh" -> new ActivationFunction.Tanh();
      case "Sigmoid" -> new ActivationFunction.Sigmoid();
      case "LeakyReLU" -> new ActivationFunction.LeakyRelu(number("negative_slope"));
      case "ELU" -> new ActivationFunction.Elu(number("alpha"));
      case "GELU" -> new ActivationFunction.Gelu(text("approximate").equals("tanh"));
      case "SiLU" -> new ActivationFunction.Silu();
      case "Softplus" -> new ActivationFunction.Softplus(number("beta"), number("threshold"));
      case "Softmax" -> new ActivationFunction.Softmax();
      case "LogSoftmax" -> new ActivationFunction.LogSoftmax();
      case "Hardsigmoid" -> HARD_SIGMOID;
      default -> throw unknown("has a layer of the kind '" + kind + "'");
    };
  }

  private static int features(List<Layer> layers) {
    Refusal.require(!layers.isEmpty(), "declares a network that begins without a layer of weights");
    return layers.getLast().outputSize();
  }

  private String text(String argument) {
    JsonNode value = argument(argument);
    Refusal.require(value.isString(), "declares %s, where %s is no text", node, argument);
    return value.asString();
  }

  private int size(String argument) {
    JsonNode value = argument(argument);
    Refusal.require(
        value.isInt() && value.asInt() >= 0, "declares %s, where %s is no size", node, argument);
    return value.asInt();
  }

  private float number(String argument) {
    return number(argument(argument), argument);
  }

  private List<Float> numbers(String argument) {
    return argument(argument).valueStream().map(value -> number(value, argument)).toList();
  }

  private float number(JsonNode value, String argument) {
    Refusal.require(value.isNumber(), "declares %s, where %s is no number", node, argument);
    return (float) value.asDouble();
  }

  private boolean flag(String argument) {
    JsonNode value = argument(argument);
    Refusal.require(
        value.isBoolean(), "declares %s, where %s is neither true nor false", node, argument);
    return value.asBoolean();
  }

  private JsonNode argument(String argument) {
    JsonNode value = node.get(argument);
    Refusal.require(
        value != null, "declares the layer %s without %s; export it again", node, argument);
    return value;
  }

  private static Refusal unknown(String what) {
    return new Refusal(
        "%s, which this lstm4j does not have; export it with the script beside this one", what);
  }
}
