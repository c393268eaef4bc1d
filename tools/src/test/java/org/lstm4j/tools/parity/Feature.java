// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import java.util.function.Predicate;
import java.util.stream.Stream;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.GruForm;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.LstmForm;
import org.lstm4j.engine.Network;

/** What a network may have; a column each of the README's table. */
@SuppressWarnings("ImmutableEnumChecker") // All of them are stateless.
enum Feature {
  LSTM("LSTM", hasLayer(Layer.Lstm.class::isInstance)),
  GRU("GRU", hasLayer(Layer.Gru.class::isInstance)),
  RNN("RNN", hasLayer(Layer.Rnn.class::isInstance)),
  CELLS("cells", hasRecurrent(Layer.Recurrent::cell)),
  STACKED("stacked", hasRecurrent(layer -> layer.numLayers() > 1)),
  BOTH_DIRECTIONS("both directions", hasRecurrent(Layer.Recurrent::bidirectional)),
  PROJECTION(
      "projection", hasRecurrent(layer -> layer instanceof Layer.Lstm lstm && lstm.projSize() > 0)),
  OTHER_FORMS("other forms ¹", hasRecurrent(Feature::isOfOtherForm)),
  TOKENS("tokens", Network::takesTokens),
  LINEAR("Linear", hasLayer(Layer.Linear.class::isInstance)),
  OVER_TIME(
      "read over time ²",
      network -> network.readout().isPresent() || network.oneToMany().isPresent());

  private final String column;
  private final Predicate<Network> has;

  Feature(String column, Predicate<Network> has) {
    this.column = column;
    this.has = has;
  }

  /** What its column begins with. */
  String column() {
    return column;
  }

  boolean isIn(Network network) {
    return has.test(network);
  }

  private static Predicate<Network> hasLayer(Predicate<Layer> is) {
    return network -> network.layers().stream().flatMap(Feature::all).anyMatch(is);
  }

  private static Predicate<Network> hasRecurrent(Predicate<Layer.Recurrent> is) {
    return hasLayer(layer -> layer instanceof Layer.Recurrent recurrent && is.test(recurrent));
  }

  /** A layer, and those inside it. */
  private static Stream<Layer> all(Layer layer) {
    return layer instanceof Layer.Residual residual
        ? residual.layers().stream().flatMap(Feature::all)
        : Stream.of(layer);
  }

  /** What PyTorch's own layers cannot be. */
  private static boolean isOfOtherForm(Layer.Recurrent layer) {
    return switch (layer) {
      case Layer.Lstm lstm -> !lstm.form().equals(LstmForm.standard());
      case Layer.Gru gru -> !gru.form().equals(GruForm.standard());
      case Layer.Rnn rnn ->
          !(rnn.nonlinearity() instanceof ActivationFunction.Tanh)
              && !(rnn.nonlinearity() instanceof ActivationFunction.Relu);
    };
  }
}
