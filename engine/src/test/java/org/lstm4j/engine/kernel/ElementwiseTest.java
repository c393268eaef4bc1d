// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.kernel.Elementwise.Function;
import org.lstm4j.engine.kernel.Elementwise.Shape;

@Tag("numeric")
class ElementwiseTest {
  private static final int WIDEST = 16;

  static Stream<Arguments> shapes() {
    return Shapes.lanes()
        .flatMap(
            lanes -> Stream.of(Function.values()).flatMap(function -> shapes(function, lanes)));
  }

  private static Stream<Arguments> shapes(Function function, int lanes) {
    Stream<Shape> shapes =
        switch (function) {
          case LEAKY_RELU ->
              Stream.of(new Shape(function, 0.01f, 0, lanes), new Shape(function, -1.5f, 0, lanes));
          case ELU ->
              Stream.of(new Shape(function, 1, 0, lanes), new Shape(function, 0.3f, 0, lanes));
          case HARD_SIGMOID ->
              Stream.of(
                  new Shape(function, 0.2f, 0.5f, lanes), new Shape(function, -1, 0.1f, lanes));
          case SOFTPLUS ->
              Stream.of(new Shape(function, 1, 20, lanes), new Shape(function, 3, 0.5f, lanes));
          default -> Stream.of(new Shape(function, 0, 0, lanes));
        };
    return shapes.map(shape -> arguments(shape));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void theVectorKernelEqualsItsScalarTwinToTheBit(Shape shape) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Elementwise vector = Specialization.of(VectorElementwise.class, shape);
    Elementwise scalar = new ScalarElementwise(shape);
    Random random = new Random(1);
    for (int n : Shapes.units(shape.lanes())) {
      for (Values values : Values.values()) {
        MemorySegment in = values.segment(1 + n + WIDEST, random);
        MemorySegment expected = Values.zeros(1 + n + WIDEST);
        MemorySegment actual = Values.zeros(1 + n + WIDEST);

        scalar.apply(in, Float.BYTES, expected, Float.BYTES, n);
        vector.apply(in, Float.BYTES, actual, Float.BYTES, n);

        Values.assertSameBits(expected, actual, 1 + n, n + " of " + values);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void theVectorKernelEqualsItsScalarTwinForFloatsOfEveryExponent(Shape shape) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    // Vectors wider than the processor's run in compiled Java code, a thousand times slower.
    int size = shape.lanes() <= Kernels.maxLanes() ? 1 << 16 : 1 << 8;
    float[] sample = FloatSample.ofSize(size);
    MemorySegment in = Values.zeros(sample.length);
    MemorySegment.copy(sample, 0, in, JAVA_FLOAT, 0, sample.length);
    MemorySegment expected = Values.zeros(sample.length);
    MemorySegment actual = Values.zeros(sample.length);

    Elementwise scalar = new ScalarElementwise(shape);
    Elementwise vector = Specialization.of(VectorElementwise.class, shape);

    scalar.apply(in, 0, expected, 0, sample.length);
    vector.apply(in, 0, actual, 0, sample.length);

    Values.assertSameBits(expected, actual, sample.length, "floats of every exponent");
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void aRowMayBeReplacedByItsResult(Shape shape) {
    Elementwise kernel =
        new SessionKernels(1, new HashSet<>())
            .elementwise(shape.function(), shape.alpha(), shape.beta());
    int n = 21;
    MemorySegment row = Values.ORDINARY.segment(n + WIDEST, new Random(1));
    MemorySegment expected = Values.zeros(n + WIDEST);
    kernel.apply(row, 0, expected, 0, n);

    kernel.apply(row, 0, row, 0, n);

    Values.assertSameBits(expected, row, n, "in place");
  }
}
