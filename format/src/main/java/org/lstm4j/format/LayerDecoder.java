// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.format.v1.Activation;
import org.lstm4j.format.v1.AttentionOverTime;
import org.lstm4j.format.v1.DecayOverTime;
import org.lstm4j.format.v1.Embedding;
import org.lstm4j.format.v1.Gru;
import org.lstm4j.format.v1.GruForm;
import org.lstm4j.format.v1.LayerEntry;
import org.lstm4j.format.v1.LayerNorm;
import org.lstm4j.format.v1.Linear;
import org.lstm4j.format.v1.Lstm;
import org.lstm4j.format.v1.LstmForm;
import org.lstm4j.format.v1.MaxOverTime;
import org.lstm4j.format.v1.MeanOverTime;
import org.lstm4j.format.v1.OneHot;
import org.lstm4j.format.v1.ReadFinal;
import org.lstm4j.format.v1.ReadLast;
import org.lstm4j.format.v1.Residual;
import org.lstm4j.format.v1.Reverse;
import org.lstm4j.format.v1.Rnn;
import org.lstm4j.format.v1.WeightsOverTime;

/** Turns a header's layers into the engine's, and checks what can be said of one layer alone. */
final class LayerDecoder {
  private static final int FIRST_KIND = LayerEntry.ONE_HOT_FIELD_NUMBER;
  private static final int LAST_KIND = LayerEntry.REVERSE_FIELD_NUMBER;
  private static final int FIRST_FUNCTION = Activation.SIGMOID_FIELD_NUMBER;
  private static final int LAST_FUNCTION = Activation.HARD_SIGMOID_FIELD_NUMBER;

  private LayerDecoder() {}

  static List<Layer> decode(List<WireMessage> entries) {
    List<Layer> layers = new ArrayList<>(entries.size());
    for (WireMessage entry : entries) {
      try {
        layers.add(decode(entry, 0));
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

  /** A layer that lies in so many Residuals. */
  private static Layer decode(WireMessage entry, int depth) {
    int kind = entry.oneOf(FIRST_KIND, LAST_KIND);
    WireMessage layer = entry.message(kind);
    return switch (kind) {
      case LayerEntry.ONE_HOT_FIELD_NUMBER ->
          new Layer.OneHot(size(layer, "classes", OneHot.CLASSES_FIELD_NUMBER));
      case LayerEntry.EMBEDDING_FIELD_NUMBER -> embedding(layer);
      case LayerEntry.LSTM_FIELD_NUMBER -> lstm(layer);
      case LayerEntry.GRU_FIELD_NUMBER -> gru(layer);
      case LayerEntry.RNN_FIELD_NUMBER -> rnn(layer);
      case LayerEntry.LINEAR_FIELD_NUMBER -> linear(layer);
      case LayerEntry.ACTIVATION_FIELD_NUMBER ->
          new Layer.Activation(function(layer), size(layer, "size", Activation.SIZE_FIELD_NUMBER));
      case LayerEntry.LAYER_NORM_FIELD_NUMBER -> layerNorm(layer);
      case LayerEntry.RESIDUAL_FIELD_NUMBER -> residual(layer, depth + 1);
      case LayerEntry.REVERSE_FIELD_NUMBER ->
          new Layer.Reverse(size(layer, "size", Reverse.SIZE_FIELD_NUMBER));
      case LayerEntry.READ_LAST_FIELD_NUMBER ->
          new Layer.ReadLast(size(layer, "size", ReadLast.SIZE_FIELD_NUMBER));
      case LayerEntry.READ_FINAL_FIELD_NUMBER ->
          new Layer.ReadFinal(size(layer, "size", ReadFinal.SIZE_FIELD_NUMBER));
      case LayerEntry.MAX_OVER_TIME_FIELD_NUMBER ->
          new Layer.MaxOverTime(size(layer, "size", MaxOverTime.SIZE_FIELD_NUMBER));
      case LayerEntry.MEAN_OVER_TIME_FIELD_NUMBER ->
          new Layer.MeanOverTime(size(layer, "size", MeanOverTime.SIZE_FIELD_NUMBER));
      case LayerEntry.DECAY_OVER_TIME_FIELD_NUMBER ->
          new Layer.DecayOverTime(
              size(layer, "size", DecayOverTime.SIZE_FIELD_NUMBER),
              layer.float32(DecayOverTime.FACTOR_FIELD_NUMBER));
      case LayerEntry.WEIGHTS_OVER_TIME_FIELD_NUMBER ->
          new Layer.WeightsOverTime(
              size(layer, "size", WeightsOverTime.SIZE_FIELD_NUMBER),
              layer.floats(WeightsOverTime.WEIGHTS_BY_AGE_FIELD_NUMBER));
      case LayerEntry.ATTENTION_OVER_TIME_FIELD_NUMBER -> attention(layer);
      default -> throw new FormatViolation("its kind is unknown; update lstm4j");
    };
  }

  private static Layer.Embedding embedding(WireMessage embedding) {
    return new Layer.Embedding(
        embedding.string(Embedding.NAME_FIELD_NUMBER),
        size(embedding, "num_embeddings", Embedding.NUM_EMBEDDINGS_FIELD_NUMBER),
        size(embedding, "embedding_dim", Embedding.EMBEDDING_DIM_FIELD_NUMBER));
  }

  private static Layer.Lstm lstm(WireMessage lstm) {
    return new Layer.Lstm(
        lstm.string(Lstm.NAME_FIELD_NUMBER),
        size(lstm, "input_size", Lstm.INPUT_SIZE_FIELD_NUMBER),
        size(lstm, "hidden_size", Lstm.HIDDEN_SIZE_FIELD_NUMBER),
        size(lstm, "num_layers", Lstm.NUM_LAYERS_FIELD_NUMBER),
        lstm.bool(Lstm.BIAS_FIELD_NUMBER),
        lstm.bool(Lstm.BIDIRECTIONAL_FIELD_NUMBER),
        sizeOrZero(lstm, "proj_size", Lstm.PROJ_SIZE_FIELD_NUMBER),
        lstm.bool(Lstm.CELL_FIELD_NUMBER),
        lstm.has(Lstm.FORM_FIELD_NUMBER)
            ? lstmForm(lstm.message(Lstm.FORM_FIELD_NUMBER))
            : org.lstm4j.engine.LstmForm.standard());
  }

  private static org.lstm4j.engine.LstmForm lstmForm(WireMessage form) {
    return new org.lstm4j.engine.LstmForm(
        form.bool(LstmForm.PEEPHOLES_FIELD_NUMBER),
        form.bool(LstmForm.FORGET_GATE_FIELD_NUMBER),
        function(form, "gate", LstmForm.GATE_FIELD_NUMBER),
        function(form, "candidate", LstmForm.CANDIDATE_FIELD_NUMBER),
        function(form, "output", LstmForm.OUTPUT_FIELD_NUMBER),
        form.float32(LstmForm.CLIP_FIELD_NUMBER));
  }

  private static Layer.Gru gru(WireMessage gru) {
    return new Layer.Gru(
        gru.string(Gru.NAME_FIELD_NUMBER),
        size(gru, "input_size", Gru.INPUT_SIZE_FIELD_NUMBER),
        size(gru, "hidden_size", Gru.HIDDEN_SIZE_FIELD_NUMBER),
        size(gru, "num_layers", Gru.NUM_LAYERS_FIELD_NUMBER),
        gru.bool(Gru.BIAS_FIELD_NUMBER),
        gru.bool(Gru.BIDIRECTIONAL_FIELD_NUMBER),
        gru.bool(Gru.CELL_FIELD_NUMBER),
        gru.has(Gru.FORM_FIELD_NUMBER)
            ? gruForm(gru.message(Gru.FORM_FIELD_NUMBER))
            : org.lstm4j.engine.GruForm.standard());
  }

  private static org.lstm4j.engine.GruForm gruForm(WireMessage form) {
    return new org.lstm4j.engine.GruForm(
        form.bool(GruForm.RESET_AFTER_FIELD_NUMBER),
        function(form, "gate", GruForm.GATE_FIELD_NUMBER),
        function(form, "candidate", GruForm.CANDIDATE_FIELD_NUMBER),
        form.float32(GruForm.CLIP_FIELD_NUMBER));
  }

  private static Layer.Rnn rnn(WireMessage rnn) {
    return new Layer.Rnn(
        rnn.string(Rnn.NAME_FIELD_NUMBER),
        size(rnn, "input_size", Rnn.INPUT_SIZE_FIELD_NUMBER),
        size(rnn, "hidden_size", Rnn.HIDDEN_SIZE_FIELD_NUMBER),
        size(rnn, "num_layers", Rnn.NUM_LAYERS_FIELD_NUMBER),
        rnn.bool(Rnn.BIAS_FIELD_NUMBER),
        rnn.bool(Rnn.BIDIRECTIONAL_FIELD_NUMBER),
        rnn.bool(Rnn.CELL_FIELD_NUMBER),
        function(rnn, "nonlinearity", Rnn.NONLINEARITY_FIELD_NUMBER));
  }

  private static Layer.Linear linear(WireMessage linear) {
    return new Layer.Linear(
        linear.string(Linear.NAME_FIELD_NUMBER),
        size(linear, "in_features", Linear.IN_FEATURES_FIELD_NUMBER),
        size(linear, "out_features", Linear.OUT_FEATURES_FIELD_NUMBER),
        linear.bool(Linear.BIAS_FIELD_NUMBER));
  }

  private static Layer.LayerNorm layerNorm(WireMessage norm) {
    return new Layer.LayerNorm(
        norm.string(LayerNorm.NAME_FIELD_NUMBER),
        size(norm, "size", LayerNorm.SIZE_FIELD_NUMBER),
        norm.float32(LayerNorm.EPS_FIELD_NUMBER),
        norm.bool(LayerNorm.ELEMENTWISE_AFFINE_FIELD_NUMBER),
        norm.bool(LayerNorm.BIAS_FIELD_NUMBER));
  }

  /** A hostile depth must not use up the stack. */
  private static Layer.Residual residual(WireMessage residual, int depth) {
    require(
        depth <= Layer.Residual.MAX_DEPTH,
        "residual layers lie in each other more than %d deep; write it again",
        Layer.Residual.MAX_DEPTH);
    List<Layer> layers = new ArrayList<>();
    for (WireMessage entry : residual.messages(Residual.LAYERS_FIELD_NUMBER)) {
      layers.add(decode(entry, depth));
    }
    return new Layer.Residual(layers);
  }

  private static Layer.AttentionOverTime attention(WireMessage attention) {
    require(
        attention.has(AttentionOverTime.SCORE_FIELD_NUMBER),
        "its attention has no score; write it again");
    return new Layer.AttentionOverTime(
        size(attention, "size", AttentionOverTime.SIZE_FIELD_NUMBER),
        attention.has(AttentionOverTime.HIDDEN_FIELD_NUMBER)
            ? linear(attention.message(AttentionOverTime.HIDDEN_FIELD_NUMBER))
            : null,
        linear(attention.message(AttentionOverTime.SCORE_FIELD_NUMBER)));
  }

  /** A function that a layer must have, by a field of its own. */
  private static ActivationFunction function(WireMessage layer, String field, int number) {
    require(layer.has(number), "%s is missing; write it again", field);
    return function(layer.message(number));
  }

  private static ActivationFunction function(WireMessage activation) {
    int kind = activation.oneOf(FIRST_FUNCTION, LAST_FUNCTION);
    WireMessage function = activation.message(kind);
    return switch (kind) {
      case Activation.SIGMOID_FIELD_NUMBER -> new ActivationFunction.Sigmoid();
      case Activation.TANH_FIELD_NUMBER -> new ActivationFunction.Tanh();
      case Activation.RELU_FIELD_NUMBER -> new ActivationFunction.Relu();
      case Activation.LEAKY_RELU_FIELD_NUMBER ->
          new ActivationFunction.LeakyRelu(
              function.float32(Activation.LeakyRelu.NEGATIVE_SLOPE_FIELD_NUMBER));
      case Activation.ELU_FIELD_NUMBER ->
          new ActivationFunction.Elu(function.float32(Activation.Elu.ALPHA_FIELD_NUMBER));
      case Activation.GELU_FIELD_NUMBER ->
          new ActivationFunction.Gelu(
              function.bool(Activation.Gelu.TANH_APPROXIMATION_FIELD_NUMBER));
      case Activation.SILU_FIELD_NUMBER -> new ActivationFunction.Silu();
      case Activation.SOFTPLUS_FIELD_NUMBER ->
          new ActivationFunction.Softplus(
              function.float32(Activation.Softplus.BETA_FIELD_NUMBER),
              function.float32(Activation.Softplus.THRESHOLD_FIELD_NUMBER));
      case Activation.SOFTMAX_FIELD_NUMBER -> new ActivationFunction.Softmax();
      case Activation.LOG_SOFTMAX_FIELD_NUMBER -> new ActivationFunction.LogSoftmax();
      case Activation.HARD_SIGMOID_FIELD_NUMBER ->
          new ActivationFunction.HardSigmoid(
              function.float32(Activation.HardSigmoid.ALPHA_FIELD_NUMBER),
              function.float32(Activation.HardSigmoid.BETA_FIELD_NUMBER));
      default -> throw new FormatViolation("its activation function is unknown; update lstm4j");
    };
  }

  private static int size(WireMessage layer, String field, int number) {
    int value = sizeOrZero(layer, field, number);
    require(value != 0, "%s is 0 or missing; write it again", field);
    return value;
  }

  private static int sizeOrZero(WireMessage layer, String field, int number) {
    int value = layer.uint32(number);
    require(
        value >= 0,
        "%s is %s, but at most %d is allowed; write it again",
        field,
        Integer.toUnsignedString(value),
        Integer.MAX_VALUE);
    return value;
  }
}
