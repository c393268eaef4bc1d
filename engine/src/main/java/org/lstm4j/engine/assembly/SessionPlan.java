// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.assembly;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.kernel.PackedMatrix;
import org.lstm4j.engine.stage.ActivationStage;
import org.lstm4j.engine.stage.AttentionStage;
import org.lstm4j.engine.stage.DroppedStage;
import org.lstm4j.engine.stage.EmbeddingStage;
import org.lstm4j.engine.stage.LayerNormStage;
import org.lstm4j.engine.stage.Lengths;
import org.lstm4j.engine.stage.LinearStage;
import org.lstm4j.engine.stage.MaxOverTimeStage;
import org.lstm4j.engine.stage.OneHotStage;
import org.lstm4j.engine.stage.ReadFinalStage;
import org.lstm4j.engine.stage.ReadLastStage;
import org.lstm4j.engine.stage.ReadoutStage;
import org.lstm4j.engine.stage.RecurrentStage;
import org.lstm4j.engine.stage.RecurrentWeights;
import org.lstm4j.engine.stage.ResidualStage;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.ReverseStage;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Stage;
import org.lstm4j.engine.stage.TimeWeights;
import org.lstm4j.engine.stage.WeightedOverTimeStage;

/**
 * Turns a network's layers into the stages of a session, each reading what the one before wrote.
 */
public final class SessionPlan {
  private final Weights weights;
  private final Resources resources;
  private final SegmentAllocator allocator;
  private final SessionOptions options;
  private final Functions functions;
  private final List<Stage> stages;
  private final List<RecurrentStage> recurrents = new ArrayList<>();
  private final IdentityHashMap<RecurrentStage, List<RecurrentWeights>> stacks =
      new IdentityHashMap<>();
  private final Rows input;
  private final MemorySegment tokens;

  public SessionPlan(
      Network network, Weights weights, SessionOptions options, Resources resources) {
    this.weights = weights;
    this.options = options;
    this.resources = resources;
    this.functions = new Functions(resources.kernels());
    this.allocator = resources.kept();
    this.tokens = network.takesTokens() ? allocator.allocate(maxRows() * Integer.BYTES, 64) : null;
    this.input =
        network.takesTokens() ? null : Rows.allocate(allocator, maxRows(), network.inputSize());
    this.stages = stages(network.layers(), input);
  }

  /** A stage for each layer, each reading what the one before writes. */
  private List<Stage> stages(List<Layer> layers, Rows rows) {
    List<Stage> made = new ArrayList<>();
    for (Layer layer : layers) {
      Stage stage = stage(layer, rows);
      if (drops(layer, layers)) {
        stage = new DroppedStage(stage, resources, maxRows());
      }
      made.add(stage);
      rows = stage.output();
    }
    return made;
  }

  private boolean drops(Layer layer, List<Layer> layers) {
    return resources.dropouts() != null
        && !layer.equals(layers.getLast())
        && (layer instanceof Layer.Embedding || layer instanceof Layer.Recurrent);
  }

  private long maxRows() {
    return (long) options.maxSteps() * options.maxBatch();
  }

  /** The stages in order. */
  public Stage[] stages() {
    return stages.toArray(new Stage[0]);
  }

  /** The recurrent stages in order, those inside others too. */
  public RecurrentStage[] recurrents() {
    return recurrents.toArray(new RecurrentStage[0]);
  }

  /** What a recurrent stage was made of: for each layer, for each direction. */
  List<RecurrentWeights> stackOf(RecurrentStage stage) {
    return stacks.get(stage);
  }

  /** Whether stages keep what the way back needs. */
  boolean keepsSteps() {
    return resources.keepsSteps();
  }

  /** How long the sequences of the current chunk are. */
  Lengths lengths() {
    return resources.lengths();
  }

  /** Where input vectors go; {@code null} for a network that takes tokens. */
  Rows input() {
    return input;
  }

  /** Where input tokens go; {@code null} for a network that takes vectors. */
  MemorySegment tokens() {
    return tokens;
  }

  private Stage stage(Layer layer, Rows rows) {
    return switch (layer) {
      case Layer.OneHot oneHot -> new OneHotStage(tokens, oneHot.classes(), allocator, maxRows());
      case Layer.Embedding embedding ->
          new EmbeddingStage(
              tokens,
              weights.plain(embedding.parameters().getFirst().name()),
              embedding.embeddingDim(),
              allocator,
              maxRows());
      case Layer.Recurrent recurrent -> recurrent(recurrent, rows);
      case Layer.Linear linear -> linear(linear, rows);
      case Layer.Activation activation ->
          new ActivationStage(rows, functions.kernel(activation.function()), allocator, maxRows());
      case Layer.LayerNorm norm -> layerNorm(norm, rows);
      case Layer.Reverse _ -> new ReverseStage(rows, resources, maxRows());
      case Layer.Residual residual -> residual(residual, rows);
      case Layer.Readout readout -> readout(readout, rows);
    };
  }

  private RecurrentStage recurrent(Layer.Recurrent recurrent, Rows rows) {
    List<RecurrentWeights> stack =
        new RecurrentPlan(recurrent, weights, options, resources, functions).stack();
    RecurrentStage stage =
        new RecurrentStage(
            rows,
            stack,
            recurrent.numDirections(),
            resources,
            options.maxSteps(),
            options.maxBatch());
    recurrents.add(stage);
    stacks.put(stage, stack);
    return stage;
  }

  private LinearStage linear(Layer.Linear linear, Rows rows) {
    String weight = linear.parameters().getFirst().name();
    return new LinearStage(rows, matrix(weight), resources, maxRows());
  }

  private Stage layerNorm(Layer.LayerNorm norm, Rows rows) {
    List<Parameter> parameters = norm.parameters();
    MemorySegment weight =
        norm.elementwiseAffine() ? weights.row(parameters.getFirst().name()) : null;
    MemorySegment bias = norm.bias() ? weights.row(parameters.getLast().name()) : null;
    return new LayerNormStage(rows, weight, bias, norm.eps(), resources, maxRows());
  }

  private Stage residual(Layer.Residual residual, Rows rows) {
    Stage[] inner = stages(residual.layers(), rows).toArray(new Stage[0]);
    return new ResidualStage(rows, inner, resources, maxRows());
  }

  private PackedMatrix matrix(String parameter) {
    return weights.matrix(parameter, options.weights().orElse(weights.storage()));
  }

  private ReadoutStage readout(Layer.Readout readout, Rows rows) {
    int maxBatch = options.maxBatch();
    return switch (readout) {
      case Layer.ReadLast _ -> new ReadLastStage(rows, resources, maxBatch);
      case Layer.ReadFinal _ -> new ReadFinalStage(rows, resources, maxBatch);
      case Layer.MaxOverTime _ -> new MaxOverTimeStage(rows, resources, maxBatch);
      case Layer.MeanOverTime _ -> weighted(rows, new TimeWeights.Mean());
      case Layer.DecayOverTime decay ->
          weighted(rows, new TimeWeights.Decay(decay.factor(), options.maxSteps()));
      case Layer.WeightsOverTime fixed -> {
        float[] byAge = new float[fixed.weightsByAge().size()];
        for (int i = 0; i < byAge.length; i++) {
          byAge[i] = fixed.weightsByAge().get(i);
        }
        yield weighted(rows, new TimeWeights.ByAge(byAge));
      }
      case Layer.AttentionOverTime attention -> attention(attention, rows);
    };
  }

  private ReadoutStage weighted(Rows rows, TimeWeights timeWeights) {
    return new WeightedOverTimeStage(rows, timeWeights, resources, options.maxBatch());
  }

  private ReadoutStage attention(Layer.AttentionOverTime attention, Rows rows) {
    List<Stage> scoring = new ArrayList<>();
    Rows scored = rows;
    if (attention.hidden() != null) {
      Stage hidden = linear(attention.hidden(), rows);
      Stage tanh =
          new ActivationStage(
              hidden.output(),
              functions.kernel(new ActivationFunction.Tanh()),
              allocator,
              maxRows());
      scoring.add(hidden);
      scoring.add(tanh);
      scored = tanh.output();
    }
    scoring.add(linear(attention.score(), scored));
    return new AttentionStage(
        rows, scoring.toArray(Stage[]::new), resources, options.maxSteps(), options.maxBatch());
  }
}
