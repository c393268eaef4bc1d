// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.kernel.Arithmetic.Operation;
import org.lstm4j.engine.kernel.Arithmetic.Shape;

@Tag("numeric")
class ArithmeticTest {
  private static final int WIDEST = 16;

  static Stream<Shape> shapes() {
    return Shapes.lanes()
        .flatMap(lanes ->
            Arrays.stream(Operation.values())
                .flatMap(operation ->
                    Stream.of(0f, 0.75f).map(clip -> new Shape(operation, clip, lanes))));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void theVectorKernelEqualsItsScalarTwinToTheBit(Shape shape) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Arithmetic vector = Specialization.of(VectorArithmetic.class, shape);
    Arithmetic scalar = new ScalarArithmetic(shape);
    Random random = new Random(1);
    long at = Float.BYTES;
    for (int n : Shapes.units(shape.lanes())) {
      for (Values values : Values.values()) {
        MemorySegment a = values.segment(1 + n + WIDEST, random);
        MemorySegment b = values.segment(1 + n + WIDEST, random);
        MemorySegment c = values.segment(1 + n + WIDEST, random);
        MemorySegment expected = Values.zeros(1 + n + WIDEST);
        MemorySegment actual = Values.zeros(1 + n + WIDEST);

        scalar.apply(a, at, b, at, c, at, expected, at, n);
        vector.apply(a, at, b, at, c, at, actual, at, n);

        Values.assertSameBits(expected, actual, 1 + n, n + " of " + values);
      }
    }
  }

  @Test
  void aResultBeyondTheClipIsTheClipAndNaNStaysNaN() {
    assertEquals(0.5f, added(0.5f, 3, -1));
    assertEquals(-0.5f, added(0.5f, -3, 1));
    assertEquals(0.25f, added(0.5f, 1.25f, -1));
    assertEquals(Float.NaN, added(0.5f, Float.NaN, 1));
  }

  private static float added(float clip, float a, float b) {
    MemorySegment row = Values.zeros(2);
    row.setAtIndex(JAVA_FLOAT, 0, a);
    row.setAtIndex(JAVA_FLOAT, 1, b);
    new ScalarArithmetic(new Shape(Operation.ADD, clip, 4))
        .apply(row, 0, row, 4, row, 0, row, 0, 1);
    return row.getAtIndex(JAVA_FLOAT, 0);
  }
}
