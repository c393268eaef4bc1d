// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.kernel.ParameterUpdate.Rule;
import org.lstm4j.engine.kernel.ParameterUpdate.Shape;

@Tag("numeric")
class ParameterUpdateTest {
  /** Rate, weight decay, keep, decay, share, square's decay and share, eps, root, momentum. */
  private static final float[] COEFFICIENTS = {
    -0.1f, 0.01f, 0.99f, 0.9f, 0.1f, 0.99f, 0.01f, 1e-8f, 0.3f, 0.7f
  };

  private static final int FROM = 16;

  static Stream<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    Shapes.lanes()
        .forEach(lanes -> {
          shapes.add(new Shape(Rule.SGD, false, false, false, false, false, lanes));
          shapes.add(new Shape(Rule.SGD, true, true, false, false, false, lanes));
          shapes.add(new Shape(Rule.SGD, false, true, true, false, false, lanes));
          shapes.add(new Shape(Rule.RMS_PROP, false, false, false, false, false, lanes));
          shapes.add(new Shape(Rule.RMS_PROP, true, false, false, true, false, lanes));
          shapes.add(new Shape(Rule.RMS_PROP, false, true, false, true, false, lanes));
          shapes.add(new Shape(Rule.ADAM, false, false, false, false, false, lanes));
          shapes.add(new Shape(Rule.ADAM, true, false, false, false, true, lanes));
        });
    return shapes.stream();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void theVectorKernelEqualsItsScalarTwinToTheBit(Shape shape) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    ParameterUpdate vector = Specialization.of(VectorParameterUpdate.class, shape);
    ParameterUpdate scalar = new ScalarParameterUpdate(shape);
    Random random = new Random(1);
    for (int n : Shapes.units(shape.lanes())) {
      for (Values kind : Values.values()) {
        MemorySegment[] expected = new MemorySegment[5];
        MemorySegment[] actual = new MemorySegment[5];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = kind.segment(FROM + n + 1L, random);
          actual[i] = Values.copy(expected[i]);
        }

        apply(scalar, expected, n);
        apply(vector, actual, n);

        for (int i = 0; i < expected.length; i++) {
          Values.assertSameBits(
              expected[i], actual[i], FROM + n + 1L, i + ", " + n + " of " + kind);
        }
      }
    }
  }

  @Test
  void aMomentumThatDecaysEndsInZero() {
    MemorySegment momentum = Values.zeros(1);
    momentum.setAtIndex(JAVA_FLOAT, 0, Float.MIN_NORMAL);
    MemorySegment zero = Values.zeros(1);
    Shape shape = new Shape(Rule.SGD, false, true, false, false, false, 4);

    new ScalarParameterUpdate(shape).apply(zero, zero, momentum, zero, zero, COEFFICIENTS, 0, 1);

    assertEquals(0f, momentum.getAtIndex(JAVA_FLOAT, 0));
  }

  private static void apply(ParameterUpdate kernel, MemorySegment[] memory, int n) {
    kernel.apply(
        memory[0], memory[1], memory[2], memory[3], memory[4], COEFFICIENTS, FROM, FROM + n);
  }
}
