// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link SumOfSquares} and {@link GradientLimit}. */
@Tag("numeric")
class GradientKernelsTest {
  private static final List<Integer> SIZES = List.of(0, 1, 3, 15, 16, 17, 31, 32, 47, 48, 100);
  private static final int FROM = 16;

  static Stream<GradientLimit.Shape> limits() {
    return Shapes.lanes()
        .flatMap(lanes ->
            Arrays.stream(GradientLimit.Operation.values())
                .map(operation -> new GradientLimit.Shape(operation, lanes)));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void theSumOfSquaresIsThatOfItsScalarTwinToTheBit(int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    SumOfSquares vector =
        Specialization.of(VectorSumOfSquares.class, new SumOfSquares.Shape(lanes));
    Random random = new Random(1);
    for (int n : SIZES) {
      for (Values values : Values.values()) {
        MemorySegment floats = values.segment(FROM + n + 1L, random);

        double expected = new ScalarSumOfSquares().apply(floats, FROM, FROM + n);
        double actual = vector.apply(floats, FROM, FROM + n);

        assertEquals(expected, actual, n + " of " + values);
      }
    }
  }

  @Test
  void theSumOfSquaresIsExact() {
    MemorySegment floats = Values.zeros(100);
    for (int i = 0; i < 100; i++) {
      floats.setAtIndex(JAVA_FLOAT, i, i);
    }
    assertEquals(99 * 100 * 199 / 6.0, new ScalarSumOfSquares().apply(floats, 0, 100));
  }

  @ParameterizedTest
  @MethodSource("limits")
  void theLimitIsThatOfItsScalarTwinToTheBit(GradientLimit.Shape shape) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    GradientLimit vector = Specialization.of(VectorGradientLimit.class, shape);
    Random random = new Random(1);
    for (int n : SIZES) {
      for (Values values : Values.values()) {
        MemorySegment expected = values.segment(FROM + n + 1L, random);
        MemorySegment actual = Values.copy(expected);

        new ScalarGradientLimit(shape).apply(expected, 0.75f, FROM, FROM + n);
        vector.apply(actual, 0.75f, FROM, FROM + n);

        Values.assertSameBits(expected, actual, FROM + n + 1L, n + " of " + values);
      }
    }
  }
}
