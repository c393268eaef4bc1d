// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernels of the cells besides the LSTM, whose test is {@link LstmGatesTest}. */
@Tag("numeric")
class CellUpdateTest {
  /** The cells. */
  enum Kind {
    GRU(GruGates.GATES, null),
    RNN_OF_TANH(RnnGates.GATES, RnnGates.Function.TANH),
    RNN_OF_SIGMOID(RnnGates.GATES, RnnGates.Function.SIGMOID),
    RNN_OF_RELU(RnnGates.GATES, RnnGates.Function.RELU);

    final int gates;
    final RnnGates.Function function;

    Kind(int gates, RnnGates.Function function) {
      this.gates = gates;
      this.function = function;
    }

    PackedGates layout(int units, int lanes) {
      return new PackedGates(gates, units, 1, lanes);
    }

    CellUpdate vector(PackedGates layout) {
      return function == null
          ? Specialization.of(VectorGruGates.class, layout)
          : Specialization.of(VectorRnnGates.class, new RnnGates.Shape(function, layout));
    }

    CellUpdate scalar(PackedGates layout) {
      return function == null
          ? new ScalarGruGates(layout)
          : new ScalarRnnGates(new RnnGates.Shape(function, layout));
    }

    CellUpdate overArrays(PackedGates layout) {
      return function == null
          ? new HeapGruGates(layout)
          : new HeapRnnGates(new RnnGates.Shape(function, layout));
    }
  }

  static Stream<Arguments> shapes() {
    return Arrays.stream(Kind.values())
        .flatMap(kind ->
            Shapes.lanes()
                .flatMap(lanes ->
                    Shapes.units(lanes).stream().map(units -> arguments(kind, units, lanes))));
  }

  /** What a step has at hand after its two matrix products. */
  private record Step(
      PackedGates layout,
      MemorySegment fromInput,
      MemorySegment fromHidden,
      MemorySegment state,
      MemorySegment h) {
    static Step of(PackedGates layout, Values values, Random random) {
      long gates = layout.rowFloats();
      long units = gates / layout.gates();
      return new Step(
          layout,
          values.segment(1 + gates, random),
          values.segment(1 + gates, random),
          values.segment(1 + units, random),
          Values.zeros(1 + units));
    }

    Step copy() {
      return new Step(
          layout,
          Values.copy(fromInput),
          Values.copy(fromHidden),
          Values.copy(state),
          Values.copy(h));
    }

    Step run(CellUpdate kernel) {
      return run(kernel, 0, Integer.MAX_VALUE);
    }

    Step run(CellUpdate kernel, int firstBlock, int endBlock) {
      long at = Float.BYTES;
      kernel.apply(fromInput, at, fromHidden, at, state, at, h, at, firstBlock, endBlock);
      return this;
    }

    void assertSameState(Step actual, String what) {
      long floats = 1L + layout.rowFloats() / layout.gates();
      Values.assertSameBits(h, actual.h, floats, "h of " + what);
    }
  }

  @ParameterizedTest(name = "{0}, {1} units, {2} lanes")
  @MethodSource("shapes")
  void theVectorKernelEqualsItsScalarTwinToTheBit(Kind kind, int units, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    PackedGates layout = kind.layout(units, lanes);
    CellUpdate vector = kind.vector(layout);
    CellUpdate scalar = kind.scalar(layout);
    Random random = new Random(units);
    for (Values values : Values.values()) {
      Step step = Step.of(layout, values, random);

      Step actual = step.copy().run(vector);

      step.copy().run(scalar).assertSameState(actual, values.toString());
    }
  }

  @ParameterizedTest(name = "{0}, {1} units, {2} lanes")
  @MethodSource("shapes")
  void theKernelOverArraysEqualsItsTwinToTheBit(Kind kind, int units, int lanes) {
    PackedGates layout = kind.layout(units, lanes);
    for (Values values : Values.values()) {
      Step step = Step.of(layout, values, new Random(units));

      Step actual = step.copy().run(kind.overArrays(layout));

      step.copy().run(kind.scalar(layout)).assertSameState(actual, values.toString());
    }
  }

  @ParameterizedTest(name = "{0}, {1} units, {2} lanes")
  @MethodSource("shapes")
  void blocksComputedApartMakeUpTheRow(Kind kind, int units, int lanes) {
    PackedGates layout = kind.layout(units, lanes);
    for (CellUpdate kernel : new CellUpdate[] {kind.scalar(layout), kind.overArrays(layout)}) {
      Step step = Step.of(layout, Values.ORDINARY, new Random(units));

      Step parts = step.copy().run(kernel, 0, 1).run(kernel, 1, layout.blocks());

      step.copy().run(kernel).assertSameState(parts, "blocks");
    }
  }

  @ParameterizedTest(name = "{0}, {1} units, {2} lanes")
  @MethodSource("shapes")
  void aStateIsNeverSubnormalAndTheOneBeforeStays(Kind kind, int units, int lanes) {
    PackedGates layout = kind.layout(units, lanes);
    Step step = Step.of(layout, Values.TINY, new Random(units));
    MemorySegment before = Values.copy(step.state);

    step.run(kind.scalar(layout));

    long floats = 1L + layout.rowFloats() / layout.gates();
    Values.assertSameBits(before, step.state, floats, "the state before");
    for (long i = 1; i < floats; i++) {
      float value = step.h.getAtIndex(JAVA_FLOAT, i);
      assertTrue(value == 0 || Math.abs(value) >= Float.MIN_NORMAL, () -> "subnormal " + value);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GRU", "RNN_OF_TANH", "RNN_OF_RELU"})
  void paddingThatStartsAtZeroStaysAtZero(Kind kind) {
    PackedGates layout = kind.layout(1, 4);
    Step step =
        new Step(
            layout,
            Values.zeros(1 + layout.rowFloats()),
            Values.zeros(1 + layout.rowFloats()),
            Values.zeros(1 + 4),
            Values.zeros(1 + 4));

    step.run(kind.scalar(layout));

    for (long i = 1; i <= 4; i++) {
      assertEquals(0f, step.h.getAtIndex(JAVA_FLOAT, i));
    }
  }
}
