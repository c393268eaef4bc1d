// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

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

/** Turns the engine's layers into a header's. */
final class LayerEncoder {
  private LayerEncoder() {}

  static LayerEntry encode(Layer layer) {
    return entry(layer).build();
  }

  private static LayerEntry.Builder entry(Layer layer) {
    LayerEntry.Builder entry = LayerEntry.newBuilder();
    return switch (layer) {
      case Layer.OneHot(int classes) -> entry.setOneHot(OneHot.newBuilder().setClasses(classes));
      case Layer.Embedding embedding -> entry.setEmbedding(embedding(embedding));
      case Layer.Lstm lstm -> entry.setLstm(lstm(lstm));
      case Layer.Gru gru -> entry.setGru(gru(gru));
      case Layer.Rnn rnn -> entry.setRnn(rnn(rnn));
      case Layer.Linear linear -> entry.setLinear(linear(linear));
      case Layer.Activation(ActivationFunction function, int size) ->
          entry.setActivation(function(function).setSize(size));
      case Layer.LayerNorm norm -> entry.setLayerNorm(layerNorm(norm));
      case Layer.Residual(List<Layer> layers) -> entry.setResidual(residual(layers));
      case Layer.Reverse(int size) -> entry.setReverse(Reverse.newBuilder().setSize(size));
      case Layer.ReadLast(int size) -> entry.setReadLast(ReadLast.newBuilder().setSize(size));
      case Layer.ReadFinal(int size) -> entry.setReadFinal(ReadFinal.newBuilder().setSize(size));
      case Layer.MaxOverTime(int size) ->
          entry.setMaxOverTime(MaxOverTime.newBuilder().setSize(size));
      case Layer.MeanOverTime(int size) ->
          entry.setMeanOverTime(MeanOverTime.newBuilder().setSize(size));
      case Layer.DecayOverTime(int size, float factor) ->
          entry.setDecayOverTime(DecayOverTime.newBuilder().setSize(size).setFactor(factor));
      case Layer.WeightsOverTime weights ->
          entry.setWeightsOverTime(
              WeightsOverTime.newBuilder()
                  .setSize(weights.size())
                  .addAllWeightsByAge(weights.weightsByAge()));
      case Layer.AttentionOverTime attention -> entry.setAttentionOverTime(attention(attention));
    };
  }

  private static Embedding.Builder embedding(Layer.Embedding embedding) {
    return Embedding.newBuilder()
        .setName(embedding.name())
        .setNumEmbeddings(embedding.numEmbeddings())
        .setEmbeddingDim(embedding.embeddingDim());
  }

  private static Lstm.Builder lstm(Layer.Lstm lstm) {
    Lstm.Builder builder =
        Lstm.newBuilder()
            .setName(lstm.name())
            .setInputSize(lstm.inputSize())
            .setHiddenSize(lstm.hiddenSize())
            .setNumLayers(lstm.numLayers())
            .setBias(lstm.bias())
            .setBidirectional(lstm.bidirectional())
            .setProjSize(lstm.projSize())
            .setCell(lstm.cell());
    return lstm.form().isStandard() ? builder : builder.setForm(form(lstm.form()));
  }

  private static LstmForm.Builder form(org.lstm4j.engine.LstmForm form) {
    return LstmForm.newBuilder()
        .setPeepholes(form.peepholes())
        .setForgetGate(form.forgetGate())
        .setGate(function(form.gate()))
        .setCandidate(function(form.candidate()))
        .setOutput(function(form.output()))
        .setClip(form.clip());
  }

  private static Gru.Builder gru(Layer.Gru gru) {
    Gru.Builder builder =
        Gru.newBuilder()
            .setName(gru.name())
            .setInputSize(gru.inputSize())
            .setHiddenSize(gru.hiddenSize())
            .setNumLayers(gru.numLayers())
            .setBias(gru.bias())
            .setBidirectional(gru.bidirectional())
            .setCell(gru.cell());
    return gru.form().isStandard() ? builder : builder.setForm(form(gru.form()));
  }

  private static GruForm.Builder form(org.lstm4j.engine.GruForm form) {
    return GruForm.newBuilder()
        .setResetAfter(form.resetAfter())
        .setGate(function(form.gate()))
        .setCandidate(function(form.candidate()))
        .setClip(form.clip());
  }

  private static Rnn.Builder rnn(Layer.Rnn rnn) {
    return Rnn.newBuilder()
        .setName(rnn.name())
        .setInputSize(rnn.inputSize())
        .setHiddenSize(rnn.hiddenSize())
        .setNumLayers(rnn.numLayers())
        .setBias(rnn.bias())
        .setBidirectional(rnn.bidirectional())
        .setCell(rnn.cell())
        .setNonlinearity(function(rnn.nonlinearity()));
  }

  private static Linear.Builder linear(Layer.Linear linear) {
    return Linear.newBuilder()
        .setName(linear.name())
        .setInFeatures(linear.inFeatures())
        .setOutFeatures(linear.outFeatures())
        .setBias(linear.bias());
  }

  private static LayerNorm.Builder layerNorm(Layer.LayerNorm norm) {
    return LayerNorm.newBuilder()
        .setName(norm.name())
        .setSize(norm.size())
        .setEps(norm.eps())
        .setElementwiseAffine(norm.elementwiseAffine())
        .setBias(norm.bias());
  }

  private static Residual.Builder residual(List<Layer> layers) {
    Residual.Builder builder = Residual.newBuilder();
    for (Layer layer : layers) {
      builder.addLayers(entry(layer));
    }
    return builder;
  }

  private static AttentionOverTime.Builder attention(Layer.AttentionOverTime attention) {
    AttentionOverTime.Builder builder =
        AttentionOverTime.newBuilder()
            .setSize(attention.size())
            .setScore(linear(attention.score()));
    return attention.hidden() == null ? builder : builder.setHidden(linear(attention.hidden()));
  }

  private static Activation.Builder function(ActivationFunction function) {
    Activation.Builder builder = Activation.newBuilder();
    return switch (function) {
      case ActivationFunction.Sigmoid _ ->
          builder.setSigmoid(Activation.Sigmoid.getDefaultInstance());
      case ActivationFunction.Tanh _ -> builder.setTanh(Activation.Tanh.getDefaultInstance());
      case ActivationFunction.Relu _ -> builder.setRelu(Activation.Relu.getDefaultInstance());
      case ActivationFunction.LeakyRelu(float slope) ->
          builder.setLeakyRelu(Activation.LeakyRelu.newBuilder().setNegativeSlope(slope));
      case ActivationFunction.Elu(float alpha) ->
          builder.setElu(Activation.Elu.newBuilder().setAlpha(alpha));
      case ActivationFunction.Gelu(boolean tanh) ->
          builder.setGelu(Activation.Gelu.newBuilder().setTanhApproximation(tanh));
      case ActivationFunction.Silu _ -> builder.setSilu(Activation.Silu.getDefaultInstance());
      case ActivationFunction.Softplus(float beta, float threshold) ->
          builder.setSoftplus(
              Activation.Softplus.newBuilder().setBeta(beta).setThreshold(threshold));
      case ActivationFunction.Softmax _ ->
          builder.setSoftmax(Activation.Softmax.getDefaultInstance());
      case ActivationFunction.LogSoftmax _ ->
          builder.setLogSoftmax(Activation.LogSoftmax.getDefaultInstance());
      case ActivationFunction.HardSigmoid(float alpha, float beta) ->
          builder.setHardSigmoid(Activation.HardSigmoid.newBuilder().setAlpha(alpha).setBeta(beta));
    };
  }
}
