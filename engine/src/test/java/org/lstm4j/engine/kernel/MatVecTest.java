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
class MatVecTest {
  static Stream<Arguments> shapes() {
    return Shapes.lanes()
        .flatMap(lanes ->
            Shapes.units(lanes).stream()
                .flatMap(units -> Stream.of(1, 4).map(gates -> arguments(gates, units, lanes))));
  }

  @ParameterizedTest(name = "{0} gate(s), {1} units, {2} lanes")
  @MethodSource("shapes")
  void theVectorKernelEqualsItsScalarTwinToTheBit(int gates, int units, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Random random = new Random(units);
    for (int inputs : Shapes.inputs(lanes)) {
      PackedGates layout = new PackedGates(gates, units, inputs, lanes);
      MatVec vector = Specialization.of(VectorMatVec.class, layout);
      MatVec scalar = new ScalarMatVec(layout);
      for (Values values : Values.values()) {
        MemorySegment weights = values.segment(layout.bytes() / Float.BYTES, random);
        MemorySegment x = values.segment(1 + inputs, random);
        MemorySegment expected = Values.zeros(1 + layout.rowFloats());
        MemorySegment actual = Values.zeros(1 + layout.rowFloats());

        scalar.apply(weights, x, Float.BYTES, expected, Float.BYTES);
        vector.apply(weights, x, Float.BYTES, actual, Float.BYTES);

        Values.assertSameBits(expected, actual, 1L + layout.rowFloats(), layout + " " + values);
      }
    }
  }

  @ParameterizedTest(name = "{0} gate(s), {1} units, {2} lanes")
  @MethodSource("shapes")
  void eachOutputIsOneChainOfMultiplyAddsInTheOrderOfTheInputs(int gates, int units, int lanes) {
    Random random = new Random(units);
    for (int inputs : Shapes.inputs(lanes)) {
      PackedGates layout = new PackedGates(gates, units, inputs, lanes);
      MemorySegment matrix = Values.ORDINARY.segment((long) gates * units * inputs, random);
      MemorySegment weights = Values.zeros(layout.bytes() / Float.BYTES);
      layout.pack(matrix, 0, weights);
      MemorySegment x = Values.ORDINARY.segment(inputs, random);
      MemorySegment out = Values.zeros(layout.rowFloats());

      new ScalarMatVec(layout).apply(weights, x, 0, out, 0);

      for (int row = 0; row < gates * units; row++) {
        float sum = 0;
        for (int k = 0; k < inputs; k++) {
          float weight = matrix.getAtIndex(JAVA_FLOAT, (long) row * inputs + k);
          sum = ScalarMath.fma(weight, x.getAtIndex(JAVA_FLOAT, k), sum);
        }
        int place = layout.rowIndex(row / units, row % units);
        assertEquals(sum, out.getAtIndex(JAVA_FLOAT, place), layout + ", row " + row);
      }
    }
  }
}
