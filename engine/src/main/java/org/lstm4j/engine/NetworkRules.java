// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What makes a list of layers a network; every broken rule is one sentence. */
final class NetworkRules {
  private final List<Layer> layers;
  private final OneToMany oneToMany;
  private final State initialState;

  NetworkRules(List<Layer> layers, OneToMany oneToMany, State initialState) {
    this.layers = layers;
    this.oneToMany = oneToMany;
    this.initialState = initialState;
  }

  void check() {
    require(!layers.isEmpty(), "a network needs at least one layer");
    checkSizes();
    checkTokens();
    checkReadouts();
    checkNames();
    checkOneToMany();
    checkInitialState();
  }

  /** The layers, and in place of each Residual those inside it. */
  static List<Layer> leaves(List<Layer> layers) {
    List<Layer> leaves = new ArrayList<>();
    for (Layer layer : layers) {
      leaves.addAll(layer.leaves());
    }
    return leaves;
  }

  /** Whether what a layer gives first depends on what it is given last. */
  static boolean readsBackward(Layer layer) {
    return layer instanceof Layer.Reverse
        || (layer instanceof Layer.Recurrent recurrent && recurrent.bidirectional());
  }

  private void checkSizes() {
    for (int i = 1; i < layers.size(); i++) {
      Layer before = layers.get(i - 1);
      Layer layer = layers.get(i);
      require(
          before.outputSize() == layer.inputSize(),
          "layer %d gives %d features, but layer %d (%s) takes %d",
          i - 1,
          before.outputSize(),
          i,
          layer,
          layer.inputSize());
    }
  }

  private void checkTokens() {
    for (Layer layer : layers.subList(1, layers.size())) {
      require(
          !(layer instanceof Layer.OneHot || layer instanceof Layer.Embedding),
          "a layer that takes tokens must come first: %s",
          layer);
    }
  }

  private void checkReadouts() {
    Layer readout = null;
    for (Layer layer : leaves(layers)) {
      if (readout != null) {
        require(
            !(layer instanceof Layer.Recurrent
                || layer instanceof Layer.Reverse
                || layer instanceof Layer.Readout),
            "%s cannot follow %s, which leaves no sequence",
            layer,
            readout);
      }
      if (layer instanceof Layer.Readout) {
        readout = layer;
      }
    }
  }

  private void checkNames() {
    Set<String> states = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (Layer layer : leaves(layers)) {
      // A state is found by the name of its layer.
      if (layer instanceof Layer.Recurrent recurrent) {
        require(
            states.add(recurrent.name()), "two recurrent layers are named '%s'", recurrent.name());
      }
      for (Parameter parameter : layer.parameters()) {
        require(names.add(parameter.name()), "two parameters are named %s", parameter.name());
      }
    }
  }

  private void checkOneToMany() {
    if (oneToMany == null) {
      return;
    }
    require(
        layers.stream().noneMatch(Layer.Readout.class::isInstance),
        "a one-to-many network reads all time steps, so it cannot have a readout");
    if (oneToMany.mode() == OneToMany.Mode.ZEROS) {
      require(
          !(layers.getFirst() instanceof Layer.Embedding
              || layers.getFirst() instanceof Layer.OneHot),
          "a one-to-many network that goes on with zeros cannot take tokens");
    }
    if (oneToMany.mode() == OneToMany.Mode.FEEDBACK) {
      checkFeedback();
    }
  }

  private void checkFeedback() {
    Layer first = layers.getFirst();
    Layer last = layers.getLast();
    require(
        !(first instanceof Layer.Embedding || first instanceof Layer.OneHot),
        "a network that feeds its output back cannot take tokens");
    require(
        first.inputSize() == last.outputSize(),
        "a network that feeds its output back needs as many outputs as inputs, not %d and %d",
        last.outputSize(),
        first.inputSize());
    require(
        leaves(layers).stream().noneMatch(NetworkRules::readsBackward),
        "a network that feeds its output back cannot read from both ends");
  }

  private void checkInitialState() {
    if (initialState == null) {
      return;
    }
    List<Layer.Recurrent> recurrents = State.recurrents(layers);
    require(!recurrents.isEmpty(), "an initial state needs a recurrent layer");
    require(
        initialState.fits(recurrents, 1),
        "the initial state does not fit: it has %d batch row(s) of %s, the network needs 1 of %s",
        initialState.batch(),
        initialState.layers(),
        recurrents);
  }

  private static void require(boolean rule, String sentence, Object... values) {
    if (!rule) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
