// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The settings of optimizers and clipping: PyTorch's defaults and limits. */
class OptimizerTest {
  @Test
  void defaultsAreThoseOfPyTorch() {
    assertEquals(new Optimizer.Sgd(0.5, 0, 0, 0, false), Optimizer.sgd(0.5));
    assertEquals(new Optimizer.RmsProp(0.01, 0.99, 1e-8, 0, 0, false), Optimizer.rmsProp());
    assertEquals(new Optimizer.Adam(0.001, 0.9, 0.999, 1e-8, 0, false), Optimizer.adam());
    assertEquals(new Optimizer.AdamW(0.001, 0.9, 0.999, 1e-8, 0.01, false), Optimizer.adamW());
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refused("the learning rate", () -> Optimizer.sgd(-0.1)),
        refused("the learning rate", () -> Optimizer.adam().withLearningRate(Double.NaN)),
        refused("the momentum", () -> Optimizer.sgd(1).withMomentum(-1)),
        refused("the weight decay", () -> Optimizer.sgd(1).withWeightDecay(-1)),
        refused("the dampening", () -> Optimizer.sgd(1).withDampening(Double.NaN)),
        refused("Nesterov", () -> Optimizer.sgd(1).withNesterov(true)),
        refused("Nesterov", () -> new Optimizer.Sgd(1, 0.9, 0.1, 0, true)),
        refused("alpha", () -> Optimizer.rmsProp().withAlpha(-0.1)),
        refused("eps", () -> Optimizer.rmsProp().withEps(-1e-8)),
        refused("the weight decay", () -> Optimizer.rmsProp().withWeightDecay(-1)),
        refused("the momentum", () -> Optimizer.rmsProp().withMomentum(Double.POSITIVE_INFINITY)),
        refused("beta1", () -> Optimizer.adam().withBetas(1, 0.9)),
        refused("beta2", () -> Optimizer.adamW().withBetas(0.9, -0.1)),
        refused("eps", () -> Optimizer.adamW().withEps(-1)),
        refused("the weight decay", () -> Optimizer.adamW().withWeightDecay(-1)),
        refused("norm", () -> Clipping.byNorm(0)),
        refused("norm", () -> Clipping.byNorm(Double.NaN)),
        refused("largest gradient", () -> Clipping.byValue(-1)));
  }

  private static Arguments refused(String what, Executable settings) {
    return arguments(what, settings);
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("refused")
  void aValueBeyondTheLimitsIsRefusedByName(String what, Executable settings) {
    String message = assertThrows(IllegalArgumentException.class, settings).getMessage();
    assertTrue(message.contains(what), message);
  }
}
