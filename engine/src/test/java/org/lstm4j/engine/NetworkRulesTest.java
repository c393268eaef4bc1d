// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkRulesTest {
  private static final Layer.Lstm LSTM = Layer.Lstm.of("lstm", 3, 5);
  private static final Layer.Lstm SECOND_LSTM = Layer.Lstm.of("second", 5, 5);
  private static final Layer.Linear LINEAR = new Layer.Linear("linear", 5, 3, true);
  private static final Layer.Embedding EMBEDDING = new Layer.Embedding("embedding", 5, 3);
  private static final Layer.OneHot ONE_HOT = new Layer.OneHot(3);
  private static final Layer.Readout READ_LAST = new Layer.ReadLast(5);
  private static final Layer.Readout MEAN = new Layer.MeanOverTime(5);

  private static final WeightSource NEVER_READ =
      new WeightSource() {
        @Override
        public List<Long> shape(String name) {
          return fail("asked for " + name + " before the rules were checked");
        }

        @Override
        public void read(String name, Sink sink) {
          fail("read " + name + " before the rules were checked");
        }
      };

  static Stream<Arguments> brokenRules() {
    return Stream.of(
        broken("a network needs at least one layer"),
        broken("layer 0 gives 5 features, but layer 1 (" + LSTM + ") takes 3", SECOND_LSTM, LSTM),
        broken("a layer that takes tokens must come first: " + EMBEDDING, LSTM, EMBEDDING),
        broken("a layer that takes tokens must come first: " + ONE_HOT, LSTM, LINEAR, ONE_HOT),
        broken(
            SECOND_LSTM + " cannot follow " + READ_LAST + ", which leaves no sequence",
            LSTM,
            READ_LAST,
            SECOND_LSTM),
        broken(
            READ_LAST + " cannot follow " + MEAN + ", which leaves no sequence",
            LSTM,
            MEAN,
            new Layer.Activation(new ActivationFunction.Relu(), 5),
            READ_LAST),
        broken(
            "two parameters are named linear.weight",
            LSTM,
            LINEAR,
            Layer.Lstm.of("second", 3, 5),
            LINEAR),
        broken(
            "two recurrent layers are named 'lstm'",
            LSTM,
            new Layer.Lstm("lstm", 5, 4, 1, true, false, 0, true)),
        broken(
            "two recurrent layers are named 'second'",
            SECOND_LSTM,
            new Layer.Residual(List.of(SECOND_LSTM))),
        broken(
            SECOND_LSTM + " cannot follow " + READ_LAST + ", which leaves no sequence",
            LSTM,
            READ_LAST,
            new Layer.Residual(List.of(SECOND_LSTM))),
        broken(
            "a network that feeds its output back cannot read from both ends",
            OneToMany.Mode.FEEDBACK,
            new Layer.Residual(List.of(new Layer.Lstm("lstm", 4, 2, 1, true, true, 0, false)))),
        broken(
            "a one-to-many network reads all time steps, so it cannot have a readout",
            OneToMany.Mode.REPEAT,
            LSTM,
            READ_LAST),
        broken(
            "a one-to-many network that goes on with zeros cannot take tokens",
            OneToMany.Mode.ZEROS,
            EMBEDDING,
            LSTM),
        broken(
            "a one-to-many network that goes on with zeros cannot take tokens",
            OneToMany.Mode.ZEROS,
            ONE_HOT,
            LSTM),
        broken(
            "a network that feeds its output back cannot take tokens",
            OneToMany.Mode.FEEDBACK,
            EMBEDDING,
            LSTM),
        broken(
            "a network that feeds its output back needs as many outputs as inputs, not 5 and 3",
            OneToMany.Mode.FEEDBACK,
            LSTM),
        broken(
            "a network that feeds its output back cannot read from both ends",
            OneToMany.Mode.FEEDBACK,
            new Layer.Lstm("lstm", 4, 2, 1, true, true, 0, false)));
  }

  private static Arguments broken(String sentence, Layer... layers) {
    return arguments(sentence, null, List.of(layers));
  }

  private static Arguments broken(String sentence, OneToMany.Mode mode, Layer... layers) {
    return arguments(sentence, new OneToMany(mode, 4), List.of(layers));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenRules")
  void aBrokenRuleIsOneSentenceAndNoWeightIsRead(
      String sentence, OneToMany oneToMany, List<Layer> layers) {
    Network.Builder builder =
        Network.builder().add(layers.toArray(Layer[]::new)).oneToMany(oneToMany);

    Exception e = assertThrows(IllegalArgumentException.class, () -> builder.build(NEVER_READ));

    assertEquals(sentence, e.getMessage());
  }

  @Test
  void layersThatFitTogetherAreANetwork() {
    Network.Builder builder =
        Network.builder()
            .add(EMBEDDING, LSTM, LINEAR, Layer.Lstm.of("third", 3, 5), READ_LAST)
            .metadata("from", "here");
    try (Network network = RandomWeights.build(builder, 1)) {
      assertEquals(5, network.inputSize());
      assertEquals(5, network.outputSize());
      assertEquals(READ_LAST, network.readout().orElseThrow());
      assertEquals("here", network.metadata().get("from"));
    }
  }
}
