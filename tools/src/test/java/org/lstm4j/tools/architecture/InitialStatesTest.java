// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lstm4j.tools.architecture.Inference.assertNames;
import static org.lstm4j.tools.architecture.Inference.assumptions;
import static org.lstm4j.tools.architecture.Inference.infer;
import static org.lstm4j.tools.architecture.Inference.refusal;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.State;
import org.lstm4j.tools.Blueprint;
import org.lstm4j.tools.CheckpointBuilder;
import org.lstm4j.tools.StoredTensor;

/** Parameters that recurrent layers start from. */
class InitialStatesTest {
  /** Each recurrent module that has a state of its own, and the parameters that it is made of. */
  private static List<String> starting(CheckpointBuilder checkpoint, String... options) {
    Blueprint blueprint = infer(checkpoint, options);
    return blueprint.initialState().map(State::layers).orElse(List.of()).stream()
        .filter(layer -> blueprint.weights().containsKey(layer + ".h0"))
        .map(layer ->
            Stream.of(".h0", ".c0")
                .map(part -> blueprint.weights().get(layer + part))
                .filter(Objects::nonNull)
                .map(StoredTensor::path)
                .collect(Collectors.joining(" ", layer + " ", "")))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "h0, c0",
    "h_0, c_0",
    "initial_h, initial_c",
    "init_h, init_c",
    "h_init, c_init",
    "learned_h0, learned_c0",
    "init_hidden, init_cell",
    "initial_hidden_state, initial_cell_state"
  })
  void areParametersOfPlainNames(String h, String c) {
    CheckpointBuilder net =
        CheckpointBuilder.torch().tensor(h, 1, 1, 9).tensor(c, 1, 1, 9).lstm("lstm", 4, 9);
    assertEquals(List.of("lstm " + h + " " + c), starting(net));
    assertNames(assumptions(net), "'lstm'", "'" + h + "'", "--initial-state zeros");
    assertEquals(List.of(), starting(net, "--initial-state", "zeros"));
  }

  static Stream<Arguments> shapes() {
    Layer gru = new Layer.Gru("rnn", 4, 9, 2, true, true, false);
    Layer cell = new Layer.Gru("rnn", 4, 9, 1, true, false, true);
    return Stream.of(
        Arguments.of(gru, new long[] {4, 1, 9}),
        Arguments.of(gru, new long[] {4, 9}),
        Arguments.of(cell, new long[] {1, 9}),
        Arguments.of(cell, new long[] {9}),
        Arguments.of(Layer.Rnn.of("rnn", 4, 9), new long[] {1, 1, 9}));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void haveTheShapesOfOneBatchRow(Layer layer, long[] shape) {
    CheckpointBuilder net = CheckpointBuilder.torch().layer(layer).tensor("h0", shape);
    assertEquals(List.of("rnn h0"), starting(net));
  }

  @Test
  void ofAProjectionHaveTwoSizes() {
    CheckpointBuilder net =
        CheckpointBuilder.torch()
            .layer(new Layer.Lstm("lstm", 4, 9, 2, true, false, 5, false))
            .tensor("h0", 2, 1, 5)
            .tensor("c0", 2, 1, 9);
    assertEquals(List.of("lstm h0 c0"), starting(net));
  }

  @Test
  void areOfTheRecurrentModuleBesideThem() {
    CheckpointBuilder net =
        CheckpointBuilder.torch()
            .tensor("a.h0", 1, 6)
            .layer(Layer.Gru.of("a.rnn", 6, 6))
            .tensor("b.h0", 1, 6)
            .layer(Layer.Gru.of("b.rnn", 6, 6));
    assertEquals(List.of("a.rnn a.h0", "b.rnn b.h0"), starting(net));
  }

  @Test
  void areRefusedWhereNotPlainAndCanBeNamed() {
    CheckpointBuilder two =
        CheckpointBuilder.torch()
            .tensor("h0", 1, 6)
            .layer(Layer.Gru.of("a", 6, 6))
            .layer(Layer.Gru.of("b", 6, 6));
    assertNames(refusal(two), "h0 [1, 6]", "--initial-state");
    assertEquals(List.of("b h0"), starting(two, "--initial-state", "b=h0"));
    CheckpointBuilder half = CheckpointBuilder.torch().tensor("h0", 1, 1, 9).lstm("lstm", 4, 9);
    assertNames(refusal(half), "h0 [1, 1, 9]", "--initial-state");
  }

  @Test
  void thatDoNotFitAreNamed() {
    CheckpointBuilder net =
        CheckpointBuilder.torch().tensor("a", 3, 9).tensor("b", 9).lstm("lstm", 4, 9);
    assertNames(refusal(net, "--initial-state", "lstm=a,b"), "a [3, 9]", "[1, 1, 9]");
    assertNames(refusal(net, "--initial-state", "lstm=b"), "LAYER=H,C");
    assertNames(refusal(net, "--initial-state", "gru=b"), "'gru'", "lstm");
    assertNames(refusal(net, "--initial-state", "lstm=b,x"), "'x'");
    assertNames(refusal(net, "--initial-state", "zeros"), "no parameter named");
  }
}
