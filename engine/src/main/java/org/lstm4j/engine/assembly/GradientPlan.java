// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.assembly;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.gradient.DirectionNames;
import org.lstm4j.engine.gradient.GradientStage;
import org.lstm4j.engine.gradient.LinearGradient;
import org.lstm4j.engine.gradient.ParameterMemory;
import org.lstm4j.engine.gradient.RecurrentGradient;
import org.lstm4j.engine.stage.RecurrentStage;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Stage;

/** Turns a network's layers into the way back through the stages of a {@link SessionPlan}. */
final class GradientPlan {
  private final SessionPlan plan;
  private final Weights weights;
  private final ParameterMemory parameters;
  private final Resources resources;
  private final SessionOptions options;
  private final List<GradientStage> stages = new ArrayList<>();
  private final List<RecurrentGradient> recurrents = new ArrayList<>();
  private final Rows inputGradient;
  private final Rows outputGradient;

  GradientPlan(
      Network network,
      SessionPlan plan,
      Weights weights,
      ParameterMemory parameters,
      Resources resources,
      SessionOptions options) {
    this.plan = plan;
    this.weights = weights;
    this.parameters = parameters;
    this.resources = resources;
    this.options = options;
    this.inputGradient = network.takesTokens() ? null : gradientOf(plan.input());
    this.outputGradient = stages(network.layers(), plan.stages(), plan.input(), inputGradient);
  }

  /** In the order of the network's layers. */
  List<GradientStage> stages() {
    return stages;
  }

  /** Those of recurrent layers, in order. */
  List<RecurrentGradient> recurrents() {
    return recurrents;
  }

  /** Where the gradient of the network's input comes out; {@code null} where it takes tokens. */
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
    return Rows.allocate(resources.allocator(), maxRows(), rows.features());
  }

  /** The way back through some layers; gives where the gradient of their output goes in. */
  private Rows stages(List<Layer> layers, Stage[] forward, Rows input, Rows gradient) {
    for (int i = 0; i < forward.length; i++) {
      Rows output = gradientOf(forward[i].output());
      stages.add(stage(layers.get(i), forward[i], input, gradient, output));
      input = forward[i].output();
      gradient = output;
    }
    return gradient;
  }

  private GradientStage stage(
      Layer layer, Stage stage, Rows input, Rows inputGradient, Rows outputGradient) {
    return switch (layer) {
      case Layer.Recurrent recurrent ->
          recurrent(recurrent, (RecurrentStage) stage, inputGradient, outputGradient);
      case Layer.Linear linear -> linear(linear, input, inputGradient, outputGradient);
      default -> throw new IllegalArgumentException("cannot learn: " + layer);
    };
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
