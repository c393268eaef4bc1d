// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.safetensors;

import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.checkpoint.Refusal;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Describes layers as {@code lstm4j_export.py} does, so that {@link ExportedLayer} reads them
 * again: by classes of torch.nn and their arguments. What torch.nn has no class for, but a line of
 * a forward method does, has kinds of its own: OneHot, Read, Attention, Residual and Reverse.
 */
final class LayerWriter {
  private final String starting;

  /**
   * A writer.
   *
   * @param starting the argument of every recurrent layer that says whether its initial state is
   *     learned; {@code null} if none is
   */
  LayerWriter(String starting) {
    this.starting = starting;
  }

  /**
   * The description of a layer.
   *
   * @throws Refusal if PyTorch has nothing that computes it
   */
  ObjectNode describe(Layer layer) {
    return switch (layer) {
      case Layer.Recurrent recurrent -> recurrent(recurrent);
      case Layer.Linear linear -> linear(linear);
      case Layer.Embedding embedding ->
          named("Embedding", embedding.name())
              .put("num_embeddings", embedding.numEmbeddings())
              .put("embedding_dim", embedding.embeddingDim());
      case Layer.LayerNorm norm -> layerNorm(norm);
      case Layer.OneHot oneHot -> kind("OneHot").put("classes", oneHot.classes());
      case Layer.Activation activation -> function(activation.function());
      case Layer.Reverse _ -> kind("Reverse");
      case Layer.Residual residual -> residual(residual);
      case Layer.Readout readout -> readout(readout);
    };
  }

  private ObjectNode recurrent(Layer.Recurrent layer) {
    ObjectNode node =
        switch (layer) {
          case Layer.Lstm lstm -> lstm(lstm);
          case Layer.Gru gru -> {
            Refusal.require(
                gru.form().isStandard(),
                "%s is a GRU that resets before the product, or has other functions or a clip; %s",
                label(gru.name()),
                notInPyTorch("GRU"));
            yield named(gru.cell() ? "GRUCell" : "GRU", gru.name());
          }
          case Layer.Rnn rnn ->
              named(rnn.cell() ? "RNNCell" : "RNN", rnn.name())
                  .put("nonlinearity", nonlinearity(rnn));
        };
    node.put("input_size", layer.inputSize())
        .put("hidden_size", layer.hiddenSize())
        .put("bias", layer.bias());
    if (!layer.cell()) {
      node.put("num_layers", layer.numLayers()).put("bidirectional", layer.bidirectional());
    }
    if (starting != null) {
      node.put(starting, true);
    }
    return node;
  }

  private static ObjectNode lstm(Layer.Lstm lstm) {
    Refusal.require(
        lstm.form().isStandard(),
        "%s is an LSTM with peepholes, without a forget gate, or with other functions or a clip;"
            + " %s",
        label(lstm.name()),
        notInPyTorch("LSTM"));
    ObjectNode node = named(lstm.cell() ? "LSTMCell" : "LSTM", lstm.name());
    return lstm.cell() ? node : node.put("proj_size", lstm.projSize());
  }

  private static String nonlinearity(Layer.Rnn rnn) {
    return switch (rnn.nonlinearity()) {
      case ActivationFunction.Tanh _ -> "tanh";
      case ActivationFunction.Relu _ -> "relu";
      case ActivationFunction other ->
          throw new Refusal(
              "%s is an RNN of %s, where PyTorch's have tanh or relu; %s",
              label(rnn.name()), other, notInPyTorch("RNN"));
    };
  }

  private static String notInPyTorch(String kind) {
    return "torch.nn.%s cannot compute that, so keep the network in an .l4j file".formatted(kind);
  }

  private static ObjectNode linear(Layer.Linear linear) {
    return named("Linear", linear.name())
        .put("in_features", linear.inFeatures())
        .put("out_features", linear.outFeatures())
        .put("bias", linear.bias());
  }

  private static ObjectNode layerNorm(Layer.LayerNorm norm) {
    ObjectNode node = named("LayerNorm", norm.name());
    node.putArray("normalized_shape").add(norm.size());
    return node.put("eps", norm.eps())
        .put("elementwise_affine", norm.elementwiseAffine())
        .put("bias", norm.bias());
  }

  private ObjectNode residual(Layer.Residual residual) {
    ObjectNode node = kind("Residual");
    ArrayNode layers = node.putArray("layers");
    residual.layers().forEach(layer -> layers.add(describe(layer)));
    return node;
  }

  private static ObjectNode readout(Layer.Readout readout) {
    return switch (readout) {
      case Layer.ReadLast _ -> read("last");
      case Layer.ReadFinal _ -> read("final").put("directions", 2);
      case Layer.MaxOverTime _ -> read("max");
      case Layer.MeanOverTime _ -> read("mean");
      case Layer.DecayOverTime decay -> read("decay").put("factor", decay.factor());
      case Layer.WeightsOverTime weights -> {
        ObjectNode node = read("weights");
        ArrayNode byAge = node.putArray("weights");
        weights.weightsByAge().forEach(byAge::add);
        yield node;
      }
      case Layer.AttentionOverTime attention -> {
        ObjectNode node = kind("Attention");
        node.set("hidden", attention.hidden() == null ? null : linear(attention.hidden()));
        node.set("score", linear(attention.score()));
        yield node;
      }
    };
  }

  private static ObjectNode read(String what) {
    return kind("Read").put("what", what);
  }

  private static ObjectNode function(ActivationFunction function) {
    return switch (function) {
      case ActivationFunction.Relu _ -> kind("ReLU");
      case ActivationFunction.Tanh _ -> kind("Tanh");
      case ActivationFunction.Sigmoid _ -> kind("Sigmoid");
      case ActivationFunction.LeakyRelu leaky ->
          kind("LeakyReLU").put("negative_slope", leaky.negativeSlope());
      case ActivationFunction.Elu elu -> kind("ELU").put("alpha", elu.alpha());
      case ActivationFunction.Gelu gelu ->
          kind("GELU").put("approximate", gelu.tanhApproximation() ? "tanh" : "none");
      case ActivationFunction.Silu _ -> kind("SiLU");
      case ActivationFunction.Softplus softplus ->
          kind("Softplus").put("beta", softplus.beta()).put("threshold", softplus.threshold());
      case ActivationFunction.HardSigmoid hard -> {
        Refusal.require(
            hard.equals(ExportedLayer.HARD_SIGMOID),
            "has the function %s, where PyTorch's Hardsigmoid has 1/6 and 0.5; %s",
            hard,
            notInPyTorch("Hardsigmoid"));
        yield kind("Hardsigmoid");
      }
      case ActivationFunction.Softmax _ -> kind("Softmax");
      case ActivationFunction.LogSoftmax _ -> kind("LogSoftmax");
    };
  }

  private static ObjectNode named(String kind, String name) {
    return kind(kind).put("name", name);
  }

  private static ObjectNode kind(String kind) {
    return JsonMapper.shared().createObjectNode().put("kind", kind);
  }

  private static String label(String name) {
    return name.isEmpty() ? "the network itself" : "'" + name + "'";
  }
}
