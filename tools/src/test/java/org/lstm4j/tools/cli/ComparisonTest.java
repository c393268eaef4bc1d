// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;

class ComparisonTest {
  private static final double TOLERANCE = 1e-5;

  @Test
  void theBoundIsTwicePyTorchsOwnErrorAndAFewLastBits() throws ModelFormatException {
    Comparison comparison = compare(array(1, -4), Optional.of(array(1.25, -4)), array(1, -4.5));
    assertEquals(0.25, comparison.pytorch().orElseThrow());
    assertEquals(0.5 + 4 * 0x1p-22, comparison.bound());
    assertEquals(0.5, comparison.absolute());
    assertEquals(0.125, comparison.relative());
    assertTrue(comparison.holds());
  }

  @Test
  void withoutPyTorchsOwnErrorTheBoundIsTheToleranceOfTheLargestMagnitude()
      throws ModelFormatException {
    assertEquals(4 * TOLERANCE, compare(array(1, -4), array(1, -4)).bound());
    assertEquals(TOLERANCE, compare(array(0.1, 0.2), array(0.1, 0.2)).bound());
  }

  @Test
  void beyondTheBoundItFails() throws ModelFormatException {
    assertTrue(compare(array(0.5), array(0.5 + 0.9 * TOLERANCE)).holds());
    assertFalse(compare(array(0.5), array(0.5 + 1.1 * TOLERANCE)).holds());
  }

  @ParameterizedTest
  @CsvSource({"NaN,NaN", "Infinity,Infinity", "-Infinity,-Infinity", "0.0,-0.0"})
  void whatIsNotFiniteIsEqualToItself(double expected, double found) throws ModelFormatException {
    Comparison comparison = compare(array(expected), array(found));
    assertEquals(0, comparison.absolute());
    assertEquals(0, comparison.relative());
    assertTrue(comparison.holds());
  }

  @ParameterizedTest
  @CsvSource({"NaN,1", "1,NaN", "Infinity,1", "1,Infinity", "Infinity,-Infinity", "Infinity,NaN"})
  void whatIsNotFiniteIsInfinitelyFarFromAllElse(double expected, double found)
      throws ModelFormatException {
    Comparison comparison = compare(array(expected), array(found));
    assertEquals(Double.POSITIVE_INFINITY, comparison.absolute());
    assertEquals(Double.POSITIVE_INFINITY, comparison.relative());
    assertFalse(comparison.holds());
  }

  @Test
  void aFloat32ReferenceThatIsNotFiniteBoundsNothingAndIsRefused() {
    assertThrows(
        ModelFormatException.class,
        () -> compare(array(1), Optional.of(array(Double.NaN)), array(1)));
  }

  @Test
  void withoutABoundAnyFiniteErrorHolds() throws ModelFormatException {
    Optional<NdArray> float32 = Optional.of(array(1));
    Comparison finite = Comparison.of("out", array(1), float32, array(100), ErrorBound.none());
    assertTrue(finite.holds());
    Comparison infinite =
        Comparison.of("out", array(1), float32, array(Double.NaN), ErrorBound.none());
    assertFalse(infinite.holds());
  }

  @Test
  void aToleranceBoundsWhateverPyTorchsOwnErrorIs() throws ModelFormatException {
    Optional<NdArray> float32 = Optional.of(array(2));
    ErrorBound bound = ErrorBound.ofTolerance(0.25);
    assertTrue(Comparison.of("out", array(1), float32, array(1.25), bound).holds());
    assertFalse(Comparison.of("out", array(1), float32, array(1.5), bound).holds());
  }

  @Test
  void inProportionTheErrorIsThatOfTheLargestMagnitude() throws ModelFormatException {
    Comparison comparison = compare(array(0.1, -0.5), array(0.15, -0.5));
    assertEquals(0.5, comparison.magnitude());
    assertTrue(
        comparison.inProportion().contains("which is 10.0 % of the largest magnitude, 0.500"),
        comparison.inProportion());
  }

  private static Comparison compare(NdArray reference, NdArray result) throws ModelFormatException {
    return compare(reference, Optional.empty(), result);
  }

  private static Comparison compare(NdArray reference, Optional<NdArray> float32, NdArray result)
      throws ModelFormatException {
    return Comparison.of("out", reference, float32, result, ErrorBound.ofFloat32(TOLERANCE));
  }

  private static NdArray array(double... values) {
    return NdArray.of(values, values.length);
  }
}
