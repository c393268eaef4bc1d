// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("numeric")
class ScalarMathTest {

  private static final float[] SAMPLE = FloatSample.ofSize(150_000);

  @ParameterizedTest
  @EnumSource
  void everyResultIsWithinTheBoundOfItsFunction(ElementaryFunction function) {
    for (float x : SAMPLE) {
      float y = function.apply(x);
      double exact = function.reference(x);
      assertTrue(
          function.allows(y, exact),
          () ->
              "%s(%a) is %a, exactly %a: %.2f ulp"
                  .formatted(function, x, y, exact, ElementaryFunction.ulpError(y, exact)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TANH, 0, 0",
    "TANH, -0, -0",
    "TANH, 0x1p-149, 0x1p-149",
    "TANH, -0x1p-30, -0x1p-30",
    "TANH, 9, 1",
    "TANH, -3.4e38, -1",
    "TANH, Infinity, 1",
    "TANH, -Infinity, -1",
    "SIGMOID, 0, 0.5",
    "SIGMOID, -0, 0.5",
    "SIGMOID, 18, 1",
    "SIGMOID, -18, 0",
    "SIGMOID, Infinity, 1",
    "SIGMOID, -Infinity, 0",
    "ERF, 0, 0",
    "ERF, -0, -0",
    "ERF, 4, 1",
    "ERF, Infinity, 1",
    "ERF, -Infinity, -1",
    "EXP, 0, 1",
    "EXP, -0, 1",
    "EXP, 0x1p-149, 1",
    "EXP, 88.72284, Infinity",
    "EXP, Infinity, Infinity",
    "EXP, -87.33655, 0",
    "EXP, -Infinity, 0",
    "EXPM1, 0, 0",
    "EXPM1, -0, 0",
    "EXPM1, 0x1p-126, 0x1p-126",
    "EXPM1, -18, -1",
    "EXPM1, -Infinity, -1",
    "EXPM1, 88.72284, Infinity",
    "EXPM1, Infinity, Infinity",
    "LOG, 1, 0",
    "LOG, 0, -Infinity",
    "LOG, -0, -Infinity",
    "LOG, 0x1p-127, -Infinity",
    "LOG, -0x1p-149, NaN",
    "LOG, -1, NaN",
    "LOG, -Infinity, NaN",
    "LOG, Infinity, Infinity",
    "SOFTPLUS, 100, 100",
    "SOFTPLUS, 3.4e38, 3.4e38",
    "SOFTPLUS, -100, 0",
    "SOFTPLUS, Infinity, Infinity",
    "SOFTPLUS, -Infinity, 0",
  })
  void valuesAtTheEdgesAreExact(ElementaryFunction function, String x, String expected) {
    assertEquals(Float.parseFloat(expected), function.apply(Float.parseFloat(x)));
  }

  @ParameterizedTest
  @EnumSource
  void nanOfAnyPayloadGivesNaN(ElementaryFunction function) {
    for (int payload : new int[] {1, 0xff, 0x1ff, 0x40_0000, 0x7f_ffff}) {
      float nan = Float.intBitsToFloat(0x7f80_0000 | payload);
      assertTrue(Float.isNaN(function.apply(nan)), Integer.toHexString(payload));
      assertTrue(Float.isNaN(function.apply(-nan)), Integer.toHexString(payload));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TANH", "ERF"})
  void aSigmoidalFunctionIsOddAndNeverBeyondOne(ElementaryFunction function) {
    for (float x : SAMPLE) {
      float y = function.apply(x);
      assertEquals(-y, function.apply(-x));
      assertTrue(!(Math.abs(y) > 1), () -> function + "(" + x + ") is " + y);
    }
  }

  @Test
  void sigmoidIsATanh() {
    for (float x : SAMPLE) {
      assertEquals(0.5f * ScalarMath.tanh(0.5f * x) + 0.5f, ScalarMath.sigmoid(x));
    }
  }

  @Test
  void fmaRoundsOnceInTheFusedClassAndTwiceInTheOther() {
    // (1 + s)² = 1 + 2s + s², whose last term is half an ulp: lost when the product is rounded.
    float s = 0x1p-12f;
    float a = 1 + s;
    assertEquals(NumericClass.FMA ? s * s : 0f, ScalarMath.fma(a, a, -(a * a)));
  }
}
