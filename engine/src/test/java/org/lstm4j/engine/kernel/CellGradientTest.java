// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The way back through the cells that have kernels of their own. */
@Tag("numeric")
class CellGradientTest {
  /** The cells. */
  enum Kind {
    LSTM(LstmGates.GATES, null),
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

    CellGradient vector(PackedGates layout) {
      return switch (this) {
        case LSTM -> Specialization.<CellGradient>of(VectorLstmGradient.class, layout);
        case GRU -> Specialization.<CellGradient>of(VectorGruGradient.class, layout);
        default ->
            Specialization.<CellGradient>of(
                VectorRnnGradient.class, new RnnGates.Shape(function, layout));
      };
    }

    CellGradient scalar(PackedGates layout) {
      return switch (this) {
        case LSTM -> new ScalarLstmGradient(layout);
        case GRU -> new ScalarGruGradient(layout);
        default -> new ScalarRnnGradient(new RnnGates.Shape(function, layout));
      };
    }
  }

  static Stream<Arguments> shapes() {
    return Arrays.stream(Kind.values())
        .flatMap(kind ->
            Shapes.lanes()
                .flatMap(lanes ->
                    Shapes.units(lanes).stream().map(units -> arguments(kind, units, lanes))));
  }

  /** What the way back through a step has at hand. */
  private record Step(
      PackedGates layout,
      MemorySegment fromInput,
      MemorySegment gates,
      MemorySegment before,
      MemorySegment after,
      MemorySegment fromAbove,
      MemorySegment fromNext,
      MemorySegment carry) {
    static Step of(PackedGates layout, Values values, Random random) {
      long gates = 1L + layout.rowFloats();
      long units = 1L + layout.rowFloats() / layout.gates();
      return new Step(
          layout,
          values.segment(gates, random),
          values.segment(gates, random),
          values.segment(units, random),
          values.segment(units, random),
          values.segment(units, random),
          values.segment(units, random),
          values.segment(units, random));
    }

    Step copy() {
      return new Step(
          layout,
          Values.copy(fromInput),
          Values.copy(gates),
          Values.copy(before),
          Values.copy(after),
          Values.copy(fromAbove),
          Values.copy(fromNext),
          Values.copy(carry));
    }

    Step run(CellGradient kernel) {
      long at = Float.BYTES;
      kernel.apply(
          fromInput, at, gates, at, before, at, after, at, fromAbove, at, fromNext, at, carry, at);
      return this;
    }

    void assertSame(Step actual, String what) {
      long floats = 1L + layout.rowFloats();
      Values.assertSameBits(fromInput, actual.fromInput, floats, "fromInput of " + what);
      Values.assertSameBits(gates, actual.gates, floats, "gates of " + what);
      long units = 1L + layout.rowFloats() / layout.gates();
      Values.assertSameBits(carry, actual.carry, units, "carry of " + what);
    }
  }

  @ParameterizedTest(name = "{0}, {1} units, {2} lanes")
  @MethodSource("shapes")
  void theVectorKernelEqualsItsScalarTwinToTheBit(Kind kind, int units, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    PackedGates layout = kind.layout(units, lanes);
    CellGradient vector = kind.vector(layout);
    CellGradient scalar = kind.scalar(layout);
    Random random = new Random(units);
    for (Values values : Values.values()) {
      Step step = Step.of(layout, values, random);

      Step actual = step.copy().run(vector);

      step.copy().run(scalar).assertSame(actual, values.toString());
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutAGradientThereIsNone(Kind kind) {
    PackedGates layout = kind.layout(5, 4);
    Step ordinary = Step.of(layout, Values.ORDINARY, new Random(1));
    long units = ordinary.carry.byteSize() / Float.BYTES;
    Step step =
        new Step(
            layout,
            ordinary.fromInput,
            ordinary.gates,
            ordinary.before,
            ordinary.after,
            Values.zeros(units),
            Values.zeros(units),
            Values.zeros(units));

    step.run(kind.scalar(layout));

    for (int i = 1; i <= layout.rowFloats(); i++) {
      assertEquals(0f, Math.abs(step.gates.getAtIndex(ValueLayout.JAVA_FLOAT, i)));
    }
    for (int i = 1; i < units; i++) {
      assertEquals(0f, Math.abs(step.carry.getAtIndex(ValueLayout.JAVA_FLOAT, i)));
    }
  }
}
