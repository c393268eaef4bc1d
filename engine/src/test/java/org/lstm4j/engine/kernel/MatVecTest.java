// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.WeightStorage;

@Tag("numeric")
class MatVecTest {
  static Stream<Arguments> shapes() {
    return Shapes.lanes()
        .flatMap(lanes ->
            Shapes.units(lanes).stream()
                .flatMap(units -> Stream.of(1, 4).map(gates -> arguments(gates, units, lanes))));
  }

  /** A product's operands, a float away from where memory is aligned. */
  private record Operands(
      PackedGates layout, MemorySegment weights, MemorySegment bias, MemorySegment x) {
    static Operands of(PackedGates layout, Values values, int rows, Random random) {
      return new Operands(
          layout,
          stored(layout, values, random),
          values.segment(layout.rowFloats(), random),
          values.segment(1 + (long) rows * (layout.inputs() + 3), random));
    }

    MemorySegment row(MatVec kernel) {
      return tiles(kernel, 0, layout.tiles());
    }

    MemorySegment tiles(MatVec kernel, int first, int end) {
      MemorySegment out = Values.zeros(1 + layout.rowFloats());
      kernel.apply(weights, bias, x, Float.BYTES, out, Float.BYTES, first, end);
      return out;
    }

    MemorySegment rows(MatMul kernel, int rows) {
      MemorySegment out = Values.zeros((long) rows * outFloats() + 1);
      kernel.apply(
          weights,
          bias,
          Values.zeros(MatMul.scratchBytes(layout) / Float.BYTES),
          x,
          Float.BYTES,
          (layout.inputs() + 3L) * Float.BYTES,
          out,
          Float.BYTES,
          outFloats() * Float.BYTES,
          rows,
          0,
          layout.tiles());
      return out;
    }

    private long outFloats() {
      return layout.rowFloats() + 5L;
    }
  }

  /** Any bits are weights, but for the scales of INT8. */
  private static MemorySegment stored(PackedGates layout, Values values, Random random) {
    if (layout.storage() == WeightStorage.FLOAT32) {
      return values.segment(layout.bytes() / Float.BYTES, random);
    }
    MemorySegment weights = Values.zeros((layout.bytes() + 3) / Float.BYTES);
    PackedGates floats = layout.in(WeightStorage.FLOAT32);
    layout.store(values.segment(floats.bytes() / Float.BYTES, random), weights);
    return weights;
  }

  @ParameterizedTest(name = "{0} gate(s), {1} units, {2} lanes")
  @MethodSource("shapes")
  void theVectorKernelOfEachStorageEqualsTheScalarTwinToTheBit(int gates, int units, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Random random = new Random(units);
    for (int inputs : Shapes.inputs(lanes)) {
      for (WeightStorage storage : WeightStorage.values()) {
        PackedGates layout = new PackedGates(gates, units, inputs, lanes, storage);
        MatVec vector = Specialization.of(Kernels.vectorMatVec(storage), layout);
        MatVec scalar = new ScalarMatVec(layout);
        for (Values values : Values.values()) {
          Operands operands = Operands.of(layout, values, 1, random);
          Values.assertSameBits(
              operands.row(scalar),
              operands.row(vector),
              1L + layout.rowFloats(),
              layout + " " + values);
        }
      }
    }
  }

  /** Of whose tiles two are computed side by side, and an odd one by itself. */
  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16})
  void theKernelOfALargeMatrixEqualsTheScalarTwinToTheBit(int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    assumeFalse(Shapes.isEmulated(lanes), "vectors of this width are emulated, slowly");
    PackedGates layout = new PackedGates(1, 5 * 8 * lanes + 3, (1 << 20) / (5 * 8 * lanes), lanes);
    assertTrue(layout.bytes() >= 1 << 22);
    Operands operands = Operands.of(layout, Values.NOT_ALWAYS_FINITE, 1, new Random(lanes));
    Values.assertSameBits(
        operands.row(new ScalarMatVec(layout)),
        operands.row(Specialization.of(VectorMatVec.class, layout)),
        1L + layout.rowFloats(),
        layout.toString());
  }

  @ParameterizedTest(name = "{0} gate(s), {1} units, {2} lanes")
  @MethodSource("shapes")
  void severalRowsGiveTheBitsOfOneAtATime(int gates, int units, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Random random = new Random(units);
    int[] rowCounts = Shapes.isEmulated(lanes) ? new int[] {4} : new int[] {1, 2, 3, 4, 6, 7, 13};
    for (int inputs : Shapes.inputs(lanes)) {
      for (WeightStorage storage : WeightStorage.values()) {
        PackedGates layout = new PackedGates(gates, units, inputs, lanes, storage);
        MatMul vector = Specialization.of(VectorMatMul.class, layout);
        MatMul scalar = new ScalarMatMul(layout);
        for (int rows : rowCounts) {
          Operands operands = Operands.of(layout, Values.NOT_ALWAYS_FINITE, rows, random);
          Values.assertSameBits(
              operands.rows(scalar, rows),
              operands.rows(vector, rows),
              1L + rows * operands.outFloats(),
              layout + ", " + rows + " rows");
        }
      }
    }
  }

  @ParameterizedTest(name = "{0} gate(s), {1} units, {2} lanes")
  @MethodSource("shapes")
  void theKernelOverArraysEqualsItsTwinToTheBit(int gates, int units, int lanes) {
    Random random = new Random(units);
    for (int inputs : Shapes.inputs(lanes)) {
      for (WeightStorage storage : WeightStorage.values()) {
        PackedGates layout = new PackedGates(gates, units, inputs, lanes, storage);
        Operands operands = Operands.of(layout, Values.NOT_ALWAYS_FINITE, 2, random);
        HeapProduct heap =
            new HeapProduct(new PackedMatrix(layout, operands.weights(), operands.bias()));
        Values.assertSameBits(
            operands.row(new ScalarMatVec(layout)),
            operands.row(heap),
            1L + layout.rowFloats(),
            "row");
        Values.assertSameBits(
            operands.rows(new ScalarMatMul(layout), 2),
            operands.rows(heap, 2),
            1L + 2 * operands.outFloats(),
            "rows");
      }
    }
  }

  @ParameterizedTest(name = "{0} gate(s), {1} units, {2} lanes")
  @MethodSource("shapes")
  void tilesComputedApartMakeUpTheRow(int gates, int units, int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    Random random = new Random(units);
    for (WeightStorage storage : WeightStorage.values()) {
      PackedGates layout = new PackedGates(gates, units, 7, lanes, storage);
      MatVec vector = Specialization.of(Kernels.vectorMatVec(storage), layout);
      MatVec scalar = new ScalarMatVec(layout);
      Operands operands = Operands.of(layout, Values.ORDINARY, 1, random);
      for (int split = 0; split <= layout.tiles(); split++) {
        for (int[] part : new int[][] {{0, split}, {split, layout.tiles()}}) {
          Values.assertSameBits(
              operands.tiles(scalar, part[0], part[1]),
              operands.tiles(vector, part[0], part[1]),
              1L + layout.rowFloats(),
              layout + ", tiles from " + part[0] + " to " + part[1]);
        }
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
      layout.pack(matrix, 0, (index, value) -> weights.setAtIndex(JAVA_FLOAT, index, value));
      MemorySegment x = Values.ORDINARY.segment(1 + inputs, random);
      MemorySegment bias = Values.ORDINARY.segment(layout.rowFloats(), random);
      Operands operands = new Operands(layout, weights, bias, x);

      MemorySegment out = operands.row(new ScalarMatVec(layout));

      for (int row = 0; row < gates * units; row++) {
        int place = layout.rowIndex(row / units, row % units);
        float sum = bias.getAtIndex(JAVA_FLOAT, place);
        for (int k = 0; k < inputs; k++) {
          float weight = matrix.getAtIndex(JAVA_FLOAT, (long) row * inputs + k);
          sum = ScalarMath.fma(weight, x.getAtIndex(JAVA_FLOAT, 1 + k), sum);
        }
        assertEquals(sum, out.getAtIndex(JAVA_FLOAT, 1 + place), layout + ", row " + row);
      }
    }
  }

  @ParameterizedTest(name = "{0} gate(s), {1} units, {2} lanes")
  @MethodSource("shapes")
  void compactWeightsAreTheNearestToTheGivenOnes(int gates, int units, int lanes) {
    Random random = new Random(units);
    PackedGates layout = new PackedGates(gates, units, 5, lanes);
    MemorySegment floats = Values.ORDINARY.segment(layout.bytes() / Float.BYTES, random);
    PackedGates bf16 = layout.in(WeightStorage.BFLOAT16);
    PackedGates int8 = layout.in(WeightStorage.INT8);
    MemorySegment halves = Values.zeros(bf16.bytes() / Float.BYTES);
    MemorySegment bytes = Values.zeros(int8.bytes() / Float.BYTES);
    bf16.store(floats, halves);
    int8.store(floats, bytes);
    for (int k = 0; k < 5; k++) {
      for (int unit = 0; unit < units; unit++) {
        long place = layout.index(gates - 1, unit, k);
        int output = layout.rowIndex(gates - 1, unit);
        float weight = floats.getAtIndex(JAVA_FLOAT, place);
        float scale = bytes.get(JAVA_FLOAT, int8.scalesOffset() + (long) output * Float.BYTES);
        float step = scale * 0x1p24f;
        assertEquals(weight, storedWeight(int8, bytes, unit, k), 0.5f * step * (1 + 0x1p-14f));
        float half = storedWeight(bf16, halves, unit, k);
        assertEquals(weight, half, Math.ulp(weight) * 0x1.8p15f);
        if (k % 2 == 0) {
          assertEquals(0, Float.floatToRawIntBits(half) & 0xffff);
        }
      }
    }
  }

  @Test
  void theUpperHalfMakesTheNearestFloatWithAGivenLowerHalf() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      float value = Values.ORDINARY.next(random);
      int lower = random.nextInt(0x10000);
      float stored = Float.intBitsToFloat(PackedGates.upperHalf(value, lower) | lower);
      assertEquals(value, stored, Math.ulp(value) * 0x1.8p15f, () -> value + " with " + lower);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "0, 1, 800000",
    "-0, 1, 80800000",
    "1e-45, 0, 800000",
    "3.4028235e38, 0, 7f7f0000"
  })
  void theUpperHalfOfExtremesIsANormalNumberOrZero(float value, int lower, String bits) {
    assertEquals(Integer.parseUnsignedInt(bits, 16), PackedGates.upperHalf(value, lower));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "0, ffffff, ff000000",
    "1, 0, 7f000000",
    "1, ffffff, 7e000000",
    "-1, 0, 81000000",
    "-1, ffffff, 80000000"
  })
  void theHighestByteMakesTheNearestIntegerWithTheGivenLowerOnes(
      float value, String lower, String bits) {
    float scale = (float) (1 / (127 * 0x1p24));
    assertEquals(
        Integer.parseUnsignedInt(bits, 16),
        PackedGates.int8(value, scale, Integer.parseInt(lower, 16)));
  }

  @ParameterizedTest
  @ValueSource(floats = {1e-40f, 1e-30f, 1e-20f, 1, 3e38f})
  void aRowOfAnyMagnitudeKeepsItsWeightsToHalfAStep(float max) {
    PackedGates layout = new PackedGates(1, 1, 2, 4, WeightStorage.INT8);
    MemorySegment floats = Values.zeros(layout.in(WeightStorage.FLOAT32).bytes() / Float.BYTES);
    floats.setAtIndex(JAVA_FLOAT, layout.index(0, 0, 0), max);
    floats.setAtIndex(JAVA_FLOAT, layout.index(0, 0, 1), -max);
    MemorySegment stored = Values.zeros(layout.bytes() / Float.BYTES);

    layout.store(floats, stored);

    float tolerance = Math.max(max / 254, 0x1p-119f);
    assertEquals(max, storedWeight(layout, stored, 0, 0), tolerance);
    assertEquals(-max, storedWeight(layout, stored, 0, 1), tolerance);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatIsNotFiniteStaysSo(float value) {
    for (int lower : new int[] {0, 1, 0xffff}) {
      float stored = Float.intBitsToFloat(PackedGates.upperHalf(value, lower) | lower);
      assertFalse(Float.isFinite(stored));
    }
  }

  /** Reads a weight of the last gate through the kernel: the product with a unit vector. */
  private static float storedWeight(PackedGates layout, MemorySegment weights, int unit, int k) {
    MemorySegment x = Values.zeros(1 + layout.inputs());
    x.setAtIndex(JAVA_FLOAT, 1 + k, 1);
    MemorySegment none = Values.zeros(layout.rowFloats());
    MemorySegment out = new Operands(layout, weights, none, x).row(new ScalarMatVec(layout));
    return out.getAtIndex(JAVA_FLOAT, 1 + layout.rowIndex(layout.gates() - 1, unit));
  }
}
