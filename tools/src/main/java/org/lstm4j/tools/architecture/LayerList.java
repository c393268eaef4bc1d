// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.InputOption;
import org.lstm4j.tools.ReadOption;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * Adds to the layers with weights those without, as is told: one-hot input, activations, the
 * readout after the last recurrent module.
 */
final class LayerList {
  private final List<Step> steps;
  private final Told told;
  private final List<Layer> layers = new ArrayList<>();

  private LayerList(List<Step> steps, Told told) {
    this.steps = steps;
    this.told = told;
  }

  /**
   * All layers in the order in which data flows.
   *
   * @throws Refusal if an option does not fit them
   */
  static List<Layer> of(List<Step> steps, Told told) {
    LayerList list = new LayerList(steps, told);
    list.addAll();
    return list.layers;
  }

  private void addAll() {
    if (told.options().input().orElse(null) instanceof InputOption.OneHot(int classes)) {
      addOneHot(classes, steps.getFirst().layer());
    }
    List<Residuals.Piece> pieces = steps.stream().map(this::piece).toList();
    String read = readAfter();
    for (Residuals.Piece piece : Residuals.join(pieces, told.residuals(steps))) {
      layers.addAll(piece.layers());
      if (piece.modules().contains(read)) {
        told.options().read().ifPresent(this::addReadout);
      }
    }
  }

  private Residuals.Piece piece(Step step) {
    List<Layer> pieces = new ArrayList<>(List.of(step.layer()));
    step.groups().forEach(module -> addActivation(step.layer(), module, pieces));
    return new Residuals.Piece(step.labels().toList(), pieces);
  }

  /** The module whose output is read over time. */
  private String readAfter() {
    Step last = Step.lastRecurrent(steps);
    String label = told.options().readAfter().orElse(last.groups().getLast().label());
    Refusal.require(
        steps.subList(steps.indexOf(last), steps.size()).stream()
            .flatMap(Step::labels)
            .anyMatch(label::equals),
        "has no module '%s' for --read-after that is the last recurrent one or behind it",
        label);
    return label;
  }

  private void addOneHot(int classes, Layer first) {
    Refusal.require(
        classes == first.inputSize(),
        "takes %d features, so --input one-hot:%d does not fit; use --input one-hot:%d",
        first.inputSize(),
        classes,
        first.inputSize());
    layers.add(new Layer.OneHot(classes));
  }

  private void addActivation(Layer layer, ModuleGroup module, List<Layer> piece) {
    for (ActivationFunction function : told.activations(module.label())) {
      Refusal.require(
          !(layer instanceof Layer.AttentionOverTime),
          "uses '%s' for the scores of attention, so no activation can follow it; name another"
              + " module with --activation",
          module.label());
      piece.add(new Layer.Activation(function, layer.outputSize()));
    }
  }

  private void addReadout(ReadOption read) {
    int size = layers.getLast().outputSize();
    switch (read) {
      // Every time step, and attention, which is a step of its own, need no layer more.
      case ReadOption.All _, ReadOption.Attention _ -> {}
      case ReadOption.Last _ -> layers.add(new Layer.ReadLast(size));
      case ReadOption.Final _ -> layers.add(finalStates(size));
      case ReadOption.Max _ -> layers.add(new Layer.MaxOverTime(size));
      case ReadOption.Mean _ -> layers.add(new Layer.MeanOverTime(size));
      case ReadOption.Decay(float factor) -> layers.add(new Layer.DecayOverTime(size, factor));
      case ReadOption.Weights(List<Float> weightsByAge) ->
          layers.add(new Layer.WeightsOverTime(size, weightsByAge));
    }
  }

  private Layer finalStates(int size) {
    Refusal.require(
        !(layers.getLast() instanceof Layer.Residual),
        "has a residual connection around its last recurrent module, which the final states that"
            + " --read final reads do not have; use --read last");
    Layer.Recurrent recurrent = (Layer.Recurrent) Step.lastRecurrent(steps).layer();
    return recurrent.bidirectional() ? new Layer.ReadFinal(size) : new Layer.ReadLast(size);
  }
}
