// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;
import org.lstm4j.engine.training.Initialization;
import org.lstm4j.tools.dataset.FeatureScaling;

/** The network that a training begins with: a new one, or that of a model. Immutable. */
final class InitialNetwork {
  /**
   * What the metadata of a network calls the settings that it was trained with, each after this.
   */
  static final String SETTING = "train.";

  private final List<Layer> layers;
  private final Optional<PretrainedModel> pretrained;
  // Not drawn, and not learnt.
  private final Map<String, Tensor> fixed;

  private InitialNetwork(
      List<Layer> layers, Optional<PretrainedModel> pretrained, Map<String, Tensor> fixed) {
    this.layers = layers;
    this.pretrained = pretrained;
    this.fixed = fixed;
  }

  /** A new network. */
  static InitialNetwork of(List<Layer> layers) {
    return new InitialNetwork(layers, Optional.empty(), Map.of());
  }

  /**
   * A new network, of which some weights are known.
   *
   * @param fixed weights by name that do not learn
   */
  static InitialNetwork of(List<Layer> layers, Map<String, Tensor> fixed) {
    return new InitialNetwork(layers, Optional.empty(), fixed);
  }

  /** That of a model; how it scales features stays. */
  static InitialNetwork of(PretrainedModel model) {
    Map<String, Tensor> scaling =
        model.weights().entrySet().stream()
            .filter(weight -> FeatureScaling.isPartOf(weight.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    return new InitialNetwork(model.layers(), Optional.of(model), scaling);
  }

  /** {@return its layers, in the order of their data} */
  List<Layer> layers() {
    return layers;
  }

  /** {@return the names of parameters that do not learn, whatever the options say} */
  Set<String> fixed() {
    return fixed.keySet();
  }

  /**
   * What its owner may not expect, one sentence.
   *
   * @param output the model to write
   */
  Optional<String> note(Path output) {
    return pretrained
        .filter(PretrainedModel::batchFirst)
        .map(model ->
            "%s takes the batch axis first, and %s will take time steps first"
                .formatted(model.file(), output));
  }

  /**
   * Builds it; the caller closes it. It takes time steps first.
   *
   * @param initialization what weights are that nothing is known of
   * @param settings go into the metadata
   */
  Network build(Initialization initialization, long seed, Map<String, String> settings) {
    Network.Builder builder = Network.builder().add(layers.toArray(Layer[]::new));
    pretrained.ifPresent(model -> {
      builder.initialState(model.initialState().orElse(null));
      model.metadata().entrySet().stream()
          .filter(line -> !line.getKey().startsWith(SETTING))
          .forEach(line -> builder.metadata(line.getKey(), line.getValue()));
    });
    settings.forEach((name, value) -> builder.metadata(SETTING + name, value));
    return builder.build(
        pretrained
            .map(model -> WeightSource.of(model.weights()))
            .orElseGet(() -> withFixed(initialization.weights(layers, seed))));
  }

  private WeightSource withFixed(WeightSource drawn) {
    WeightSource known = WeightSource.of(fixed);
    return new WeightSource() {
      @Override
      public List<Long> shape(String name) {
        return fixed.containsKey(name) ? known.shape(name) : drawn.shape(name);
      }

      @Override
      public void read(String name, Sink sink) {
        (fixed.containsKey(name) ? known : drawn).read(name, sink);
      }
    };
  }
}
