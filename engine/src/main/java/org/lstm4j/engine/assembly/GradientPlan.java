// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.assembly;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.gradient.ActivationGradient;
import org.lstm4j.engine.gradient.AttentionGradient;
import org.lstm4j.engine.gradient.DirectionNames;
import org.lstm4j.engine.gradient.DroppedGradient;
import org.lstm4j.engine.gradient.EmbeddingGradient;
import org.lstm4j.engine.gradient.GradientStage;
import org.lstm4j.engine.gradient.LastGradient;
import org.lstm4j.engine.gradient.LayerNormGradient;
import org.lstm4j.engine.gradient.LinearGradient;
import org.lstm4j.engine.gradient.MaxOverTimeGradient;
import org.lstm4j.engine.gradient.ParameterMemory;
import org.lstm4j.engine.gradient.ReadoutGradient;
import org.lstm4j.engine.gradient.RecurrentGradient;
import org.lstm4j.engine.gradient.ResidualGradient;
import org.lstm4j.engine.gradient.ReverseGradient;
import org.lstm4j.engine.gradient.RowGradient;
import org.lstm4j.engine.gradient.SoftmaxGradient;
import org.lstm4j.engine.gradient.WeightedOverTimeGradient;
import org.lstm4j.engine.stage.AttentionStage;
import org.lstm4j.engine.stage.DroppedStage;
import org.lstm4j.engine.stage.RecurrentStage;
import org.lstm4j.engine.stage.ResidualStage;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Stage;
import org.lstm4j.engine.stage.WeightedOverTimeStage;

/** Turns a network's layers into the way back through the stages of a {@link SessionPlan}. */
final class GradientPlan {
  private final SessionPlan plan;
  private final Weights weights;
  private final ParameterMemory parameters;
  private final Resources resources;
  private final SessionOptions options;
  private final List<GradientStage> stages = new ArrayList<>();
  private final List<RecurrentGradient> recurrents = new ArrayList<>();
  private int behindReadout = Integer.MAX_VALUE;
  private final Rows inputGradient;
  private final Rows outputGradient;

  GradientPlan(
      Network network,
      SessionPlan plan,
      Weights weights,
      ParameterMemory parameters,
      Resources resources,
      SessionOptions options,
      boolean wantsInputGradient) {
    this.plan = plan;
    this.weights = weights;
    this.parameters = parameters;
    this.resources = resources;
    this.options = options;
    this.inputGradient =
        wantsInputGradient && !network.takesTokens() ? gradientOf(plan.input()) : null;
    this.outputGradient =
        stages(network.layers(), plan.stages(), plan.input(), inputGradient, stages);
  }

  /** In the order of the network's layers. */
  List<GradientStage> stages() {
    return stages;
  }

  /** The first of them that is given the one row that a readout gives; none without a readout. */
  int behindReadout() {
    return behindReadout;
  }

  /** Those of recurrent layers, in order. */
  List<RecurrentGradient> recurrents() {
    return recurrents;
  }

  /** Where the gradient of the network's input comes out; {@code null} where nobody asks. */
  Rows inputGradient() {
    return inputGradient;
  }

  /** Where the gradient of the network's output goes in. */
  Rows outputGradient() {
    return outputGradient;
  }

  private long maxRows() {
    return (long) options.maxSteps() * options.maxBatch();
  }

  private Rows gradientOf(Rows rows) {
    return Rows.allocate(resources.temporary(), maxRows(), rows.features());
  }

  /**
   * The way back through some layers. What nobody asks for, since no weights lie below it, is left
   * out.
   *
   * @param gradient receives the gradient of the input; {@code null} if nobody asks for it
   * @param way takes a stage for each layer
   * @return where the gradient of their output goes in
   */
  private Rows stages(
      List<Layer> layers, Stage[] forward, Rows input, Rows gradient, List<GradientStage> way) {
    for (int i = 0; i < forward.length; i++) {
      Layer layer = layers.get(i);
      boolean wanted = gradient != null || !layer.parameters().isEmpty();
      boolean last = i == forward.length - 1;
      Rows output = wanted || last ? gradientOf(forward[i].output()) : null;
      if (wanted) {
        way.add(stage(layer, forward[i], input, gradient, output));
      }
      if (layer instanceof Layer.Readout) {
        behindReadout = way.size();
      }
      input = forward[i].output();
      gradient = output;
    }
    return gradient;
  }

  private GradientStage stage(
      Layer layer, Stage stage, Rows input, Rows inputGradient, Rows outputGradient) {
    if (stage instanceof DroppedStage dropped) {
      GradientStage inner = stage(layer, dropped.stage(), input, inputGradient, outputGradient);
      return new DroppedGradient(dropped, inner, outputGradient);
    }
    return switch (layer) {
      case Layer.Recurrent recurrent ->
          recurrent(recurrent, (RecurrentStage) stage, inputGradient, outputGradient);
      case Layer.Linear linear -> linear(linear, input, inputGradient, outputGradient);
      case Layer.OneHot _ -> throw new AssertionError("tokens have no gradient");
      case Layer.Embedding embedding -> embedding(embedding, outputGradient);
      case Layer.Activation(ActivationFunction function, _) ->
          activation(function, stage, input, inputGradient, outputGradient);
      case Layer.LayerNorm norm -> layerNorm(norm, input, inputGradient, outputGradient);
      case Layer.Residual residual ->
          residual(residual, (ResidualStage) stage, input, inputGradient, outputGradient);
      case Layer.Reverse _ -> new ReverseGradient(outputGradient, inputGradient, resources);
      case Layer.Readout readout -> readout(readout, stage, input, inputGradient, outputGradient);
    };
  }

  private EmbeddingGradient embedding(Layer.Embedding embedding, Rows outputGradient) {
    String table = embedding.parameters().getFirst().name();
    return new EmbeddingGradient(
        plan.tokens(), parameters.gradients(table), outputGradient, resources);
  }

  private RowGradient activation(
      ActivationFunction function,
      Stage stage,
      Rows input,
      Rows inputGradient,
      Rows outputGradient) {
    if (function.isElementwise()) {
      return new ActivationGradient(
          input, Functions.derivative(function), outputGradient, inputGradient, resources);
    }
    boolean logarithm = function instanceof ActivationFunction.LogSoftmax;
    return new SoftmaxGradient(stage.output(), logarithm, outputGradient, inputGradient, resources);
  }

  private LayerNormGradient layerNorm(
      Layer.LayerNorm norm, Rows input, Rows inputGradient, Rows outputGradient) {
    String weight = norm.elementwiseAffine() ? norm.parameters().getFirst().name() : null;
    String bias = norm.bias() ? norm.parameters().getLast().name() : null;
    return new LayerNormGradient(
        input,
        weight == null ? null : weights.row(weight),
        norm.eps(),
        weight == null ? null : parameters.gradients(weight),
        bias == null ? null : parameters.gradients(bias),
        outputGradient,
        inputGradient,
        resources);
  }

  private ResidualGradient residual(
      Layer.Residual residual,
      ResidualStage stage,
      Rows input,
      Rows inputGradient,
      Rows outputGradient) {
    List<GradientStage> inner = new ArrayList<>();
    Rows innerGradient = stages(residual.layers(), stage.inner(), input, inputGradient, inner);
    return new ResidualGradient(inner, outputGradient, innerGradient, inputGradient);
  }

  private ReadoutGradient readout(
      Layer.Readout readout, Stage stage, Rows input, Rows inputGradient, Rows outputGradient) {
    return switch (readout) {
      case Layer.ReadLast _ -> new LastGradient(false, outputGradient, inputGradient, resources);
      case Layer.ReadFinal _ -> new LastGradient(true, outputGradient, inputGradient, resources);
      case Layer.MaxOverTime _ ->
          new MaxOverTimeGradient(input, outputGradient, inputGradient, resources);
      case Layer.MeanOverTime _, Layer.DecayOverTime _, Layer.WeightsOverTime _ ->
          new WeightedOverTimeGradient(
              ((WeightedOverTimeStage) stage).weights(), outputGradient, inputGradient, resources);
      case Layer.AttentionOverTime attention ->
          attention(attention, (AttentionStage) stage, input, inputGradient, outputGradient);
    };
  }

  private AttentionGradient attention(
      Layer.AttentionOverTime attention,
      AttentionStage stage,
      Rows input,
      Rows inputGradient,
      Rows outputGradient) {
    List<Layer> layers = new ArrayList<>();
    if (attention.hidden() != null) {
      layers.add(attention.hidden());
      int size = attention.hidden().outFeatures();
      layers.add(new Layer.Activation(new ActivationFunction.Tanh(), size));
    }
    layers.add(attention.score());
    List<GradientStage> scoring = new ArrayList<>();
    Rows scoreGradient = stages(layers, stage.scoring(), input, inputGradient, scoring);
    return new AttentionGradient(
        stage, input, scoring, scoreGradient, outputGradient, inputGradient, resources);
  }

  private LinearGradient linear(
      Layer.Linear linear, Rows input, Rows inputGradient, Rows outputGradient) {
    String weight = linear.parameters().getFirst().name();
    String bias = linear.bias() ? linear.parameters().getLast().name() : null;
    return new LinearGradient(
        weights.matrix(weight, weights.storage()).layout(),
        weight,
        bias,
        parameters,
        input,
        outputGradient,
        inputGradient,
        resources,
        maxRows());
  }

  private RecurrentGradient recurrent(
      Layer.Recurrent layer, RecurrentStage stage, Rows inputGradient, Rows outputGradient) {
    List<DirectionNames> names = new ArrayList<>();
    for (int i = 0; i < layer.numLayers(); i++) {
      for (int direction = 0; direction < layer.numDirections(); direction++) {
        names.add(names(layer, i, direction));
      }
    }
    RecurrentGradient gradient =
        new RecurrentGradient(
            stage,
            plan.stackOf(stage),
            names,
            parameters,
            layer.numDirections(),
            outputGradient,
            inputGradient,
            resources,
            options.maxSteps(),
            options.maxBatch());
    recurrents.add(gradient);
    return gradient;
  }

  private static DirectionNames names(Layer.Recurrent layer, int i, int direction) {
    boolean projects = layer instanceof Layer.Lstm lstm && lstm.projSize() > 0;
    boolean peeps = layer instanceof Layer.Lstm lstm && lstm.form().peepholes();
    return new DirectionNames(
        layer.parameterName("weight_ih", i, direction),
        layer.parameterName("weight_hh", i, direction),
        projects ? layer.parameterName("weight_hr", i, direction) : null,
        peeps ? layer.parameterName("weight_peephole", i, direction) : null,
        layer.bias() ? layer.parameterName("bias_ih", i, direction) : null,
        layer.bias() ? layer.parameterName("bias_hh", i, direction) : null);
  }
}
