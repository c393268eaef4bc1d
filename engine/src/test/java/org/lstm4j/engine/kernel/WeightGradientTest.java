// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("numeric")
class WeightGradientTest {
  private static final int ROOM = PackedGates.MAX_LANES;

  /** Rows that fill no chunk, one, and several. */
  private static final int[] ROWS = {1, 2, 7, 63, 64, 65, 130};

  static Stream<Arguments> shapes() {
    return Shapes.lanes()
        .flatMap(lanes ->
            (Shapes.isEmulated(lanes) ? Stream.of(17) : Stream.of(1, 3, 16, 17, 40, 65, 130))
                .flatMap(inputs -> Stream.of(1, 20, 50).map(n -> arguments(inputs, n, lanes))));
  }

  /** A gradient and what it is computed from; all rows have room behind them. */
  private record Product(
      int inputs,
      int outputs,
      int rows,
      MemorySegment d,
      MemorySegment x,
      MemorySegment weights,
      MemorySegment bias) {
    static Product of(int inputs, int outputs, int rows, Values values, Random random) {
      long dFloats = (long) outputs + ROOM;
      long xFloats = (long) inputs + ROOM;
      return new Product(
          inputs,
          outputs,
          rows,
          values.segment(1 + dFloats * rows, random),
          values.segment(1 + xFloats * rows, random),
          Values.ORDINARY.segment(xFloats * dFloats, random),
          Values.ORDINARY.segment(dFloats, random));
    }

    Product copy() {
      return new Product(inputs, outputs, rows, d, x, Values.copy(weights), Values.copy(bias));
    }

    Product run(WeightGradient kernel, boolean hasBias, int first, int end) {
      kernel.apply(
          d,
          Float.BYTES,
          (long) (outputs + ROOM) * Float.BYTES,
          x,
          Float.BYTES,
          (long) (inputs + ROOM) * Float.BYTES,
          inputs,
          rows,
          Values.zeros(WeightGradient.SCRATCH_BYTES / Float.BYTES),
          weights,
          (long) (inputs + ROOM) * Float.BYTES,
          hasBias ? bias : null,
          first,
          end);
      return this;
    }

    Product run(WeightGradient kernel) {
      return run(kernel, true, 0, outputs);
    }

    float weight(int output, int input) {
      return weights.getAtIndex(JAVA_FLOAT, (long) output * (inputs + ROOM) + input);
    }

    void assertSame(Product actual, String what) {
      for (int output = 0; output < outputs; output++) {
        for (int input = 0; input < inputs; input++) {
          assertSameBits(weight(output, input), actual.weight(output, input), what);
        }
      }
      Values.assertSameBits(bias, actual.bias, outputs, "bias of " + what);
    }

    private static void assertSameBits(float expected, float actual, String what) {
      if (Float.floatToIntBits(expected) != Float.floatToIntBits(actual)) {
        assertEquals(Float.toHexString(expected), Float.toHexString(actual), what);
      }
    }
  }

  private static WeightGradient vector(int lanes) {
    return Specialization.of(VectorWeightGradient.class, new WeightGradient.Shape(lanes));
  }

  @ParameterizedTest(name = "{0} inputs, {1} outputs, {2} lanes")
  @MethodSource("shapes")
  void theVectorKernelEqualsItsScalarTwinToTheBit(int inputs, int outputs, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Random random = new Random(inputs);
    for (int rows : Shapes.isEmulated(lanes) ? new int[] {65} : ROWS) {
      for (Values values : Values.values()) {
        Product given = Product.of(inputs, outputs, rows, values, random);

        Product actual = given.copy().run(vector(lanes));

        given.copy().run(new ScalarWeightGradient()).assertSame(actual, rows + " of " + values);
      }
    }
  }

  @ParameterizedTest(name = "{0} inputs, {1} outputs, {2} lanes")
  @MethodSource("shapes")
  void outputsComputedApartMakeUpTheMatrix(int inputs, int outputs, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Product given = Product.of(inputs, outputs, 70, Values.ORDINARY, new Random(outputs));
    Product parts = given.copy();

    for (int first = 0; first < outputs; first += WeightGradient.OUTPUTS) {
      parts.run(vector(lanes), true, first, Math.min(first + WeightGradient.OUTPUTS, outputs));
    }

    given.copy().run(new ScalarWeightGradient()).assertSame(parts, "parts");
  }

  @ParameterizedTest(name = "{0} inputs, {1} outputs, {2} lanes")
  @MethodSource("shapes")
  void theSumIsThatOfDoublePrecisionAndABiasIsOptional(int inputs, int outputs, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Product given = Product.of(inputs, outputs, 130, Values.ORDINARY, new Random(outputs));

    Product actual = given.copy().run(vector(lanes), false, 0, outputs);

    Values.assertSameBits(given.bias, actual.bias, outputs, "the bias stays");
    for (int output = 0; output < outputs; output++) {
      for (int input = 0; input < inputs; input++) {
        double sum = given.weight(output, input);
        for (int r = 0; r < given.rows; r++) {
          double d = given.d.getAtIndex(JAVA_FLOAT, 1 + (long) r * (outputs + ROOM) + output);
          sum += d * given.x.getAtIndex(JAVA_FLOAT, 1 + (long) r * (inputs + ROOM) + input);
        }
        assertEquals(sum, actual.weight(output, input), 1e-4);
      }
    }
  }
}
