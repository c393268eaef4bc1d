// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.lstm4j.tools.architecture.Inference.assertNames;
import static org.lstm4j.tools.architecture.Inference.infer;
import static org.lstm4j.tools.architecture.Inference.layers;
import static org.lstm4j.tools.architecture.Inference.refusal;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.CheckpointBuilder;

/** Residual connections, which a user tells. */
class ResidualsTest {
  private static final Layer.Lstm LSTM = Layer.Lstm.of("lstm", 4, 9);

  private final CheckpointBuilder net =
      CheckpointBuilder.torch().linear("in", 4, 4).lstm("lstm", 4, 9).linear("fc", 9, 4);

  private static final Layer.Linear IN = new Layer.Linear("in", 4, 4, true);
  private static final Layer.Linear OUT = new Layer.Linear("fc", 9, 4, true);
  private static final Layer TANH = new Layer.Activation(new ActivationFunction.Tanh(), 4);

  @Test
  void addWhatTheFirstModuleTakesToWhatTheLastGives() {
    assertEquals(
        List.of(IN, new Layer.Residual(List.of(LSTM, OUT))), layers(net, "--residual", "lstm,fc"));
    assertEquals(
        List.of(new Layer.Residual(List.of(IN)), LSTM, OUT), layers(net, "--residual", "in"));
  }

  @Test
  void haveActivationsInside() {
    assertEquals(
        List.of(IN, new Layer.Residual(List.of(LSTM, OUT, TANH))),
        layers(net, "--residual", "lstm,fc", "--activation", "fc=tanh"));
  }

  @Test
  void lieInOneAnother() {
    assertEquals(
        List.of(new Layer.Residual(List.of(IN, new Layer.Residual(List.of(LSTM, OUT))))),
        layers(net, "--residual", "in,fc", "--residual", "lstm,fc"));
  }

  @Test
  void areReadBehind() {
    assertEquals(
        List.of(IN, new Layer.Residual(List.of(LSTM, OUT)), new Layer.ReadLast(4)),
        layers(net, "--residual", "lstm,fc", "--read", "last"));
    assertNames(refusal(net, "--residual", "lstm,fc", "--read", "final"), "--read last");
  }

  @Test
  void thatCannotBeAreRefused() {
    assertNames(refusal(net, "--residual", "x"), "'x'", "in, lstm, fc");
    assertNames(refusal(net, "--residual", "fc,lstm"), "FIRST,LAST");
    CheckpointBuilder square =
        CheckpointBuilder.torch().linear("a", 4, 4).lstm("b", 4, 4).linear("c", 4, 4);
    assertNames(refusal(square, "--residual", "a,b", "--residual", "b,c"), "overlaps");
  }

  @Test
  void takeAsManyFeaturesAsTheyGive() {
    assertThrows(IllegalArgumentException.class, () -> infer(net, "--residual", "in,lstm"));
  }
}
