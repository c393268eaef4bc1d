// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.optimization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.JvmCounters;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.TrainingGolden;

/** Updates against PyTorch's, on a well-conditioned problem. */
@Tag("numeric")
class OptimizerStateTest {
  private static final TrainingGolden GOLDEN = TrainingGolden.read("optimizers.txt");
  private static final int UPDATES = 50;

  static Stream<Arguments> optimizers() {
    Optimizer.Sgd sgd = Optimizer.sgd(0.1);
    Optimizer.RmsProp rmsProp = Optimizer.rmsProp();
    Optimizer.Adam adam = Optimizer.adam();
    Optimizer.AdamW adamW = Optimizer.adamW();
    return Stream.of(
        arguments("sgd", sgd),
        arguments("sgd-weight-decay", sgd.withWeightDecay(0.01)),
        arguments("sgd-momentum", sgd.withLearningRate(0.03).withMomentum(0.9)),
        arguments("sgd-dampening", sgd.withMomentum(0.8).withDampening(0.3).withWeightDecay(0.02)),
        arguments("sgd-nesterov", sgd.withLearningRate(0.03).withMomentum(0.9).withNesterov(true)),
        arguments("rmsprop", rmsProp),
        arguments(
            "rmsprop-weight-decay",
            rmsProp.withLearningRate(0.02).withAlpha(0.9).withWeightDecay(0.1)),
        arguments(
            "rmsprop-momentum", rmsProp.withLearningRate(0.005).withMomentum(0.7).withEps(1e-4)),
        arguments("rmsprop-centered", rmsProp.withCentered(true)),
        arguments(
            "rmsprop-centered-momentum",
            rmsProp
                .withLearningRate(0.002)
                .withCentered(true)
                .withMomentum(0.5)
                .withWeightDecay(0.01)),
        arguments("adam", adam),
        arguments("adam-weight-decay", adam.withLearningRate(0.02).withWeightDecay(0.1)),
        arguments("adam-betas", adam.withLearningRate(0.02).withBetas(0.8, 0.95).withEps(1e-4)),
        arguments("adam-amsgrad", adam.withLearningRate(0.1).withBetas(0.9, 0.9).withAmsgrad(true)),
        arguments("adamw", adamW),
        arguments(
            "adamw-amsgrad",
            adamW
                .withLearningRate(0.05)
                .withBetas(0.9, 0.9)
                .withWeightDecay(0.3)
                .withAmsgrad(true)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void lossesAndWeightsAreThoseOfPyTorch(String name, Optimizer optimizer) {
    try (Descent descent = new Descent(GOLDEN, optimizer, _ -> true, 1)) {
      double[] losses = descent.run(UPDATES, optimizer.learningRate());

      GOLDEN.assertWithinBound(name, "losses", losses);
      GOLDEN.assertWithinBound(name, "weight", descent.values("weight"));
      GOLDEN.assertWithinBound(name, "bias", descent.values("bias"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void anInterruptedRunContinuesToTheSameBits(String name, Optimizer optimizer) {
    double rate = optimizer.learningRate();
    try (Descent whole = new Descent(GOLDEN, optimizer, _ -> true, 1);
        Descent first = new Descent(GOLDEN, optimizer, _ -> true, 1);
        Descent second = new Descent(GOLDEN, optimizer, _ -> true, 1)) {
      whole.run(9, rate);
      first.run(4, rate);

      second.memory().values().copyFrom(first.memory().values());
      second.state().steps(first.state().steps());
      for (String buffer : first.state().buffers()) {
        second.state().buffer(buffer).copyFrom(first.state().buffer(buffer));
      }
      second.run(5, rate);

      assertArrayEquals(whole.values("weight"), second.values("weight"), name);
      assertEquals(9, second.state().steps());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void threadsChangeNoBit(String name, Optimizer optimizer) {
    try (Descent alone = new Descent(GOLDEN, optimizer, _ -> true, 1);
        Descent together = new Descent(GOLDEN, optimizer, _ -> true, 2)) {
      alone.run(10, optimizer.learningRate());
      together.run(10, optimizer.learningRate());

      assertArrayEquals(alone.values("weight"), together.values("weight"), name);
      assertArrayEquals(alone.values("bias"), together.values("bias"), name);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void aFrozenParameterStaysAsItIs(String name, Optimizer optimizer) {
    try (Descent descent = new Descent(GOLDEN, optimizer, "bias"::equals, 1)) {
      descent.run(3, optimizer.learningRate());

      assertArrayEquals(GOLDEN.floats("problem", "weight"), descent.values("weight"), name);
      assertFalse(Arrays.equals(GOLDEN.floats("problem", "bias"), descent.values("bias")), name);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void anUpdateAllocatesNothing(String name, Optimizer optimizer) {
    try (Descent descent = new Descent(GOLDEN, optimizer, _ -> true, 1)) {
      JvmCounters.assertBecomesFree(() -> descent.update(1e-6));
    }
  }

  @Test
  void buffersHaveTheNamesOfPyTorch() {
    assertEquals(List.of(), buffers(Optimizer.sgd(1)));
    assertEquals(List.of("momentum_buffer"), buffers(Optimizer.sgd(1).withMomentum(0.5)));
    assertEquals(
        List.of("square_avg", "momentum_buffer", "grad_avg"),
        buffers(Optimizer.rmsProp().withMomentum(0.5).withCentered(true)));
    assertEquals(
        List.of("exp_avg", "exp_avg_sq", "max_exp_avg_sq"),
        buffers(Optimizer.adamW().withAmsgrad(true)));
  }

  private static List<String> buffers(Optimizer optimizer) {
    try (Descent descent = new Descent(GOLDEN, optimizer, _ -> true, 1)) {
      assertThrows(IllegalArgumentException.class, () -> descent.state().buffer("none"));
      return descent.state().buffers();
    }
  }
}
