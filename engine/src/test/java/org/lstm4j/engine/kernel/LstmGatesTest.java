// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("numeric")
class LstmGatesTest {
  static Stream<Arguments> shapes() {
    return Shapes.lanes()
        .flatMap(lanes -> Shapes.units(lanes).stream().map(units -> arguments(units, lanes)));
  }

  /** What an LSTM step has at hand after its two matrix products. */
  private record Step(
      MemorySegment fromInput, MemorySegment fromHidden, MemorySegment c, MemorySegment h) {
    static Step of(PackedGates layout, Values values, Random random) {
      long gates = layout.rowFloats();
      long units = gates / LstmGates.GATES;
      return new Step(
          values.segment(1 + gates, random),
          values.segment(1 + gates, random),
          values.segment(1 + units, random),
          Values.zeros(1 + units));
    }

    Step copy() {
      return new Step(
          Values.copy(fromInput), Values.copy(fromHidden), Values.copy(c), Values.copy(h));
    }

    void run(LstmGates kernel) {
      run(kernel, 0, Integer.MAX_VALUE);
    }

    void run(LstmGates kernel, int firstBlock, int endBlock) {
      long at = Float.BYTES;
      kernel.apply(fromInput, at, fromHidden, at, c, at, h, at, firstBlock, endBlock);
    }
  }

  @ParameterizedTest(name = "{0} units, {1} lanes")
  @MethodSource("shapes")
  void theVectorKernelEqualsItsScalarTwinToTheBit(int units, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    PackedGates layout = new PackedGates(LstmGates.GATES, units, 1, lanes);
    LstmGates vector = Specialization.of(VectorLstmGates.class, layout);
    LstmGates scalar = new ScalarLstmGates(layout);
    Random random = new Random(units);
    for (Values values : Values.values()) {
      Step expected = Step.of(layout, values, random);
      Step actual = expected.copy();

      expected.run(scalar);
      actual.run(vector);

      long stateFloats = 1L + layout.rowFloats() / LstmGates.GATES;
      Values.assertSameBits(expected.c, actual.c, stateFloats, "c of " + values);
      Values.assertSameBits(expected.h, actual.h, stateFloats, "h of " + values);
    }
  }

  @ParameterizedTest(name = "{0} units, {1} lanes")
  @MethodSource("shapes")
  void blocksComputedApartMakeUpTheRow(int units, int lanes) {
    PackedGates layout = new PackedGates(LstmGates.GATES, units, 1, lanes);
    LstmGates kernel = new ScalarLstmGates(layout);
    Step whole = Step.of(layout, Values.ORDINARY, new Random(units));
    Step parts = whole.copy();

    whole.run(kernel);
    parts.run(kernel, 0, 1);
    parts.run(kernel, 1, layout.blocks());

    long stateFloats = 1L + layout.rowFloats() / LstmGates.GATES;
    Values.assertSameBits(whole.c, parts.c, stateFloats, "c");
    Values.assertSameBits(whole.h, parts.h, stateFloats, "h");
  }

  @ParameterizedTest(name = "{0} units, {1} lanes")
  @MethodSource("shapes")
  void aStateIsNeverSubnormal(int units, int lanes) {
    PackedGates layout = new PackedGates(LstmGates.GATES, units, 1, lanes);
    Step step = Step.of(layout, Values.TINY, new Random(units));

    step.run(new ScalarLstmGates(layout));

    for (long i = 1; i <= layout.rowFloats() / LstmGates.GATES; i++) {
      assertNotSubnormal(step.c.getAtIndex(JAVA_FLOAT, i));
      assertNotSubnormal(step.h.getAtIndex(JAVA_FLOAT, i));
    }
  }

  private static void assertNotSubnormal(float value) {
    assertTrue(value == 0 || Math.abs(value) >= Float.MIN_NORMAL, () -> "subnormal " + value);
  }

  @Test
  void paddingThatStartsAtZeroStaysAtZero() {
    PackedGates layout = new PackedGates(LstmGates.GATES, 1, 1, 4);
    long gates = layout.rowFloats();
    Step step =
        new Step(
            Values.zeros(1 + gates),
            Values.zeros(1 + gates),
            Values.zeros(1 + 4),
            Values.zeros(1 + 4));

    step.run(new ScalarLstmGates(layout));

    for (long i = 1; i <= 4; i++) {
      assertEquals(0f, step.c.getAtIndex(JAVA_FLOAT, i));
      assertEquals(0f, step.h.getAtIndex(JAVA_FLOAT, i));
    }
  }
}
