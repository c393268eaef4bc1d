// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.format.v1.Activation;
import org.lstm4j.format.v1.AttentionOverTime;
import org.lstm4j.format.v1.LayerEntry;
import org.lstm4j.format.v1.Linear;
import org.lstm4j.format.v1.Lstm;

/** Turns a header's layers into the engine's, and checks what can be said of one layer alone. */
final class LayerDecoder {
  private LayerDecoder() {}

  static List<Layer> decode(List<LayerEntry> entries) {
    List<Layer> layers = new ArrayList<>(entries.size());
    for (LayerEntry entry : entries) {
      try {
        layers.add(decode(entry));
      } catch (FormatViolation e) {
        throw invalid(layers.size(), e.getMessage(), e);
      } catch (IllegalArgumentException e) {
        throw invalid(layers.size(), e.getMessage() + "; write it again", e);
      }
    }
    return layers;
  }

  private static FormatViolation invalid(int index, String why, Throwable cause) {
    return new FormatViolation("layer " + index + " is invalid: " + why, cause);
  }

  private static Layer decode(LayerEntry entry) {
    return switch (entry.getKindCase()) {
      case ONE_HOT -> new Layer.OneHot(size("classes", entry.getOneHot().getClasses()));
      case EMBEDDING ->
          new Layer.Embedding(
              entry.getEmbedding().getName(),
              size("num_embeddings", entry.getEmbedding().getNumEmbeddings()),
              size("embedding_dim", entry.getEmbedding().getEmbeddingDim()));
      case LSTM -> lstm(entry.getLstm());
      case LINEAR -> linear(entry.getLinear());
      case ACTIVATION ->
          new Layer.Activation(
              function(entry.getActivation()), size("size", entry.getActivation().getSize()));
      case READ_LAST -> new Layer.ReadLast(size("size", entry.getReadLast().getSize()));
      case READ_FINAL -> new Layer.ReadFinal(size("size", entry.getReadFinal().getSize()));
      case MAX_OVER_TIME -> new Layer.MaxOverTime(size("size", entry.getMaxOverTime().getSize()));
      case MEAN_OVER_TIME ->
          new Layer.MeanOverTime(size("size", entry.getMeanOverTime().getSize()));
      case DECAY_OVER_TIME ->
          new Layer.DecayOverTime(
              size("size", entry.getDecayOverTime().getSize()),
              entry.getDecayOverTime().getFactor());
      case WEIGHTS_OVER_TIME ->
          new Layer.WeightsOverTime(
              size("size", entry.getWeightsOverTime().getSize()),
              entry.getWeightsOverTime().getWeightsByAgeList());
      case ATTENTION_OVER_TIME -> attention(entry.getAttentionOverTime());
      case KIND_NOT_SET -> throw new FormatViolation("its kind is unknown; update lstm4j");
    };
  }

  private static Layer.Lstm lstm(Lstm lstm) {
    return new Layer.Lstm(
        lstm.getName(),
        size("input_size", lstm.getInputSize()),
        size("hidden_size", lstm.getHiddenSize()),
        size("num_layers", lstm.getNumLayers()),
        lstm.getBias(),
        lstm.getBidirectional(),
        sizeOrZero("proj_size", lstm.getProjSize()),
        lstm.getCell());
  }

  private static Layer.Linear linear(Linear linear) {
    return new Layer.Linear(
        linear.getName(),
        size("in_features", linear.getInFeatures()),
        size("out_features", linear.getOutFeatures()),
        linear.getBias());
  }

  private static Layer.AttentionOverTime attention(AttentionOverTime attention) {
    require(attention.hasScore(), "its attention has no score; write it again");
    return new Layer.AttentionOverTime(
        size("size", attention.getSize()),
        attention.hasHidden() ? linear(attention.getHidden()) : null,
        linear(attention.getScore()));
  }

  private static ActivationFunction function(Activation activation) {
    return switch (activation.getFunctionCase()) {
      case SIGMOID -> new ActivationFunction.Sigmoid();
      case TANH -> new ActivationFunction.Tanh();
      case RELU -> new ActivationFunction.Relu();
      case LEAKY_RELU ->
          new ActivationFunction.LeakyRelu(activation.getLeakyRelu().getNegativeSlope());
      case ELU -> new ActivationFunction.Elu(activation.getElu().getAlpha());
      case GELU -> new ActivationFunction.Gelu(activation.getGelu().getTanhApproximation());
      case SILU -> new ActivationFunction.Silu();
      case SOFTPLUS ->
          new ActivationFunction.Softplus(
              activation.getSoftplus().getBeta(), activation.getSoftplus().getThreshold());
      case SOFTMAX -> new ActivationFunction.Softmax();
      case LOG_SOFTMAX -> new ActivationFunction.LogSoftmax();
      case FUNCTION_NOT_SET ->
          throw new FormatViolation("its activation function is unknown; update lstm4j");
    };
  }

  private static int size(String field, int value) {
    require(value != 0, "%s is 0 or missing; write it again", field);
    return sizeOrZero(field, value);
  }

  private static int sizeOrZero(String field, int value) {
    require(
        value >= 0,
        "%s is %s, but at most %d is allowed; write it again",
        field,
        Integer.toUnsignedString(value),
        Integer.MAX_VALUE);
    return value;
  }
}
