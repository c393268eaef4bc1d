// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.kernel.Elementwise.Function;

@Tag("numeric")
class DerivativeTest {
  private static final double H = 1e-4;

  static Stream<Arguments> functions() {
    return Stream.of(
        of(Function.SIGMOID, 0, 0, DerivativeTest::sigmoid),
        of(Function.TANH, 0, 0, Math::tanh),
        of(Function.RELU, 0, 0, x -> Math.max(0, x)),
        of(Function.LEAKY_RELU, 0.1f, 0, x -> x > 0 ? x : 0.1f * x),
        of(Function.ELU, 0.7f, 0, x -> x > 0 ? x : 0.7f * Math.expm1(x)),
        of(Function.GELU_TANH, 0, 0, DerivativeTest::gelu),
        of(Function.SILU, 0, 0, x -> x * sigmoid(x)),
        of(Function.SOFTPLUS, 2, 15, x -> 2 * x > 15 ? x : Math.log1p(Math.exp(2 * x)) / 2),
        of(Function.HARD_SIGMOID, 0.2f, 0.5f, x -> Math.clamp(0.2f * x + 0.5, 0.0, 1.0)),
        of(Function.EXP, 0, 0, Math::exp));
  }

  private static Arguments of(
      Function function, float alpha, float beta, DoubleUnaryOperator exact) {
    return Arguments.of(function, alpha, beta, exact);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double gelu(double x) {
    return x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("functions")
  void theDerivativeIsThatOfDifferences(
      Function function, float alpha, float beta, DoubleUnaryOperator exact) {
    Derivative derivative = new Derivative(function, alpha, beta);
    // No kink lies near any of them.
    for (float x = -9.03f; x < 9; x += 0.11f) {
      double difference =
          (exact.applyAsDouble(x - 2 * H)
                  - 8 * exact.applyAsDouble(x - H)
                  + 8 * exact.applyAsDouble(x + H)
                  - exact.applyAsDouble(x + 2 * H))
              / (12 * H);
      double tolerance = 4e-6 * Math.max(1, Math.abs(difference));
      assertEquals(difference, derivative.at(x), tolerance, "at " + x);
    }
  }

  @Test
  void theDerivativeOfGeluHasItsDensity() {
    Derivative derivative = new Derivative(Function.GELU, 0, 0);
    assertEquals(0.5, derivative.at(0));
    assertEquals(1.0833154705876864, derivative.at(1), 1e-6);
    assertEquals(-0.0833154705876864, derivative.at(-1), 1e-6);
  }

  @Test
  void farAwayTheDerivativeIsFinite() {
    for (Function function : Function.values()) {
      if (function != Function.EXP) {
        Derivative derivative = new Derivative(function, 0.5f, 0.5f);
        assertEquals(derivative.at(1e4f), derivative.at(1e30f), function::toString);
        assertEquals(derivative.at(-1e4f), derivative.at(-1e30f), function::toString);
      }
    }
  }

  @Test
  void whatIsClippedHasNone() {
    CellFunction tanh = new CellFunction(null, new Derivative(Function.TANH, 0, 0));
    assertEquals(0, tanh.slope(0.6f, 0.5f));
    assertEquals(0, tanh.slope(-0.6f, 0.5f));
    assertEquals(1, tanh.slope(0, 0.5f));
    assertEquals(new Derivative(Function.TANH, 0, 0).at(0.6f), tanh.slope(0.6f, 0));
  }
}
