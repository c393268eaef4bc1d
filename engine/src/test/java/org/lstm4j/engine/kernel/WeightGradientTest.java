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

  private static final int CHUNK = WeightGradient.CHUNK;

  /** Rows that fill no chunk, one, and several. */
  private static final int[] ROWS = {1, 2, 7, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 2};

  /** Of one gate and of several, with whole vectors of units and without. */
  static Stream<Arguments> shapes() {
    return Shapes.lanes()
        .flatMap(lanes ->
            (Shapes.isEmulated(lanes) ? Stream.of(17) : Stream.of(1, 3, 16, 17, 40, 65, 130))
                .flatMap(inputs ->
                    Stream.of(layout(1, 1), layout(1, 20), layout(3, 50), layout(4, 9))
                        .map(of -> arguments(in(of, inputs), lanes))));
  }

  private static PackedGates layout(int gates, int units) {
    return Kernels.layout(gates, units, 1);
  }

  private static PackedGates in(PackedGates layout, int inputs) {
    return new PackedGates(layout.gates(), layout.units(), inputs, layout.lanes());
  }

  /** A gradient and what it is computed from; rows of outputs and inputs have room behind them. */
  private record Product(
      PackedGates layout,
      int rows,
      MemorySegment d,
      MemorySegment x,
      MemorySegment weights,
      MemorySegment bias) {
    static Product of(PackedGates layout, int rows, Values values, Random random) {
      long dFloats = (long) layout.rowFloats() + ROOM;
      long xFloats = (long) layout.inputs() + ROOM;
      return new Product(
          layout,
          rows,
          values.segment(1 + dFloats * rows, random),
          values.segment(1 + xFloats * rows, random),
          Values.ORDINARY.segment(matrixRows(layout) * layout.inputs(), random),
          Values.ORDINARY.segment(dFloats, random));
    }

    static long matrixRows(PackedGates layout) {
      return (long) layout.gates() * layout.units();
    }

    Product copy() {
      return new Product(layout, rows, d, x, Values.copy(weights), Values.copy(bias));
    }

    Product run(WeightGradient kernel, boolean hasBias, int first, int end) {
      kernel.apply(
          d,
          Float.BYTES,
          (long) (layout.rowFloats() + ROOM) * Float.BYTES,
          x,
          Float.BYTES,
          (long) (layout.inputs() + ROOM) * Float.BYTES,
          rows,
          Values.zeros(WeightGradient.SCRATCH_BYTES / Float.BYTES),
          layout,
          weights,
          hasBias ? bias : null,
          first,
          end);
      return this;
    }

    Product run(WeightGradient kernel) {
      return run(kernel, true, 0, layout.rowFloats());
    }

    float weight(int gate, int unit, int input) {
      long row = (long) gate * layout.units() + unit;
      return weights.getAtIndex(JAVA_FLOAT, row * layout.inputs() + input);
    }

    void assertSame(Product actual, String what) {
      long floats = matrixRows(layout) * layout.inputs();
      Values.assertSameBits(weights, actual.weights, floats, what);
      Values.assertSameBits(bias, actual.bias, layout.rowFloats(), "bias of " + what);
    }
  }

  private static WeightGradient vector(int lanes) {
    return Specialization.of(VectorWeightGradient.class, new WeightGradient.Shape(lanes));
  }

  @ParameterizedTest(name = "{0}, {1} lanes")
  @MethodSource("shapes")
  void theVectorKernelEqualsItsScalarTwinToTheBit(PackedGates layout, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Random random = new Random(layout.inputs());
    for (int rows : Shapes.isEmulated(lanes) ? new int[] {65} : ROWS) {
      for (Values values : Values.values()) {
        Product given = Product.of(layout, rows, values, random);

        Product actual = given.copy().run(vector(lanes));

        given.copy().run(new ScalarWeightGradient()).assertSame(actual, rows + " of " + values);
      }
    }
  }

  @ParameterizedTest(name = "{0}, {1} lanes")
  @MethodSource("shapes")
  void outputsComputedApartMakeUpTheMatrix(PackedGates layout, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Product given = Product.of(layout, 70, Values.ORDINARY, new Random(layout.units()));
    Product parts = given.copy();

    int outputs = layout.rowFloats();
    for (int first = 0; first < outputs; first += WeightGradient.OUTPUTS) {
      parts.run(vector(lanes), true, first, Math.min(first + WeightGradient.OUTPUTS, outputs));
    }

    given.copy().run(new ScalarWeightGradient()).assertSame(parts, "parts");
  }

  @ParameterizedTest(name = "{0}, {1} lanes")
  @MethodSource("shapes")
  void theSumIsThatOfDoublePrecisionAndABiasIsOptional(PackedGates layout, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Product given = Product.of(layout, 130, Values.ORDINARY, new Random(layout.units()));

    Product actual = given.copy().run(vector(lanes), false, 0, layout.rowFloats());

    Values.assertSameBits(given.bias, actual.bias, layout.rowFloats(), "the bias stays");
    for (int gate = 0; gate < layout.gates(); gate++) {
      for (int unit = 0; unit < layout.units(); unit++) {
        for (int input = 0; input < layout.inputs(); input++) {
          double expected = sum(given, gate, unit, input);
          assertEquals(expected, actual.weight(gate, unit, input), 1e-4);
        }
      }
    }
  }

  private static double sum(Product given, int gate, int unit, int input) {
    PackedGates layout = given.layout;
    long output = layout.rowIndex(gate, unit);
    double sum = given.weight(gate, unit, input);
    for (long r = 0; r < given.rows; r++) {
      long dRow = 1 + r * (layout.rowFloats() + ROOM);
      long xRow = 1 + r * (layout.inputs() + ROOM);
      double d = given.d.getAtIndex(JAVA_FLOAT, dRow + output);
      sum += d * given.x.getAtIndex(JAVA_FLOAT, xRow + input);
    }
    return sum;
  }
}
