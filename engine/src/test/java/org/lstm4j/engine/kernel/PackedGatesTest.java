// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("numeric")
class PackedGatesTest {
  static Stream<PackedGates> layouts() {
    return Shapes.lanes()
        .flatMap(lanes ->
            Stream.of(1, 3, 5, 16, 17, 40, 65)
                .flatMap(units ->
                    Stream.of(1, 3, 8)
                        .flatMap(inputs ->
                            Stream.of(1, 4)
                                .map(gates -> new PackedGates(gates, units, inputs, lanes)))));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void everyWeightHasAPlaceOfItsOwn(PackedGates layout) {
    BitSet taken = places(layout);

    assertEquals(layout.gates() * layout.units() * layout.inputs(), taken.cardinality());
    assertTrue(taken.length() <= layout.bytes() / Float.BYTES);
  }

  private static BitSet places(PackedGates layout) {
    BitSet taken = new BitSet();
    for (int gate = 0; gate < layout.gates(); gate++) {
      for (int unit = 0; unit < layout.units(); unit++) {
        for (int input = 0; input < layout.inputs(); input++) {
          taken.set((int) layout.index(gate, unit, input));
        }
      }
    }
    return taken;
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void everyGateOfAUnitHasAPlaceOfItsOwnInARow(PackedGates layout) {
    BitSet taken = new BitSet();
    for (int gate = 0; gate < layout.gates(); gate++) {
      for (int unit = 0; unit < layout.units(); unit++) {
        int index = layout.rowIndex(gate, unit);
        assertFalse(taken.get(index), () -> "two at " + index);
        taken.set(index);
      }
    }
    assertTrue(taken.length() <= layout.rowFloats());
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void aMatrixPackedInPiecesOfAnySizeComesBackBitForBit(PackedGates layout) {
    int size = layout.gates() * layout.units() * layout.inputs();
    MemorySegment matrix = randomBits(size);
    for (int piece : new int[] {1, 3, 7, 1000, size}) {
      MemorySegment packed = pack(layout, matrix, piece);
      MemorySegment unpacked = Values.zeros(size);
      layout.unpack(packed, unpacked);
      assertEquals(-1, matrix.mismatch(unpacked), "in pieces of " + piece);
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void paddingStaysZero(PackedGates layout) {
    int size = layout.gates() * layout.units() * layout.inputs();
    MemorySegment packed = pack(layout, randomBits(size), 5);
    BitSet weights = places(layout);
    for (int i = 0; i < layout.bytes() / Float.BYTES; i++) {
      if (!weights.get(i)) {
        assertEquals(0, packed.getAtIndex(JAVA_INT, i), "padding at " + i);
      }
    }
  }

  @Test
  void aTileHasTheWeightsOfOneInputNextToEachOther() {
    PackedGates layout = new PackedGates(4, 20, 3, 8);

    assertEquals(12, layout.vectors());
    assertEquals(0, layout.index(0, 0, 0));
    assertEquals(8, layout.index(1, 0, 0), "the next gate is the next vector");
    assertEquals(4 * 8, layout.index(0, 8, 0), "the next block follows in the same tile");
    assertEquals(8 * 8, layout.index(0, 0, 1), "the next input comes after eight vectors");
    assertEquals(8 * 8 * 3, layout.index(0, 16, 0), "the next tile comes after all inputs");
    assertEquals(8 * 8 * 3 + 4 * 8, layout.index(0, 16, 1), "it is four vectors wide");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8})
  void aGroupOfTilesComputesWholeBlocks(int gates) {
    PackedGates layout = new PackedGates(gates, 100, 3, 8);

    assertEquals(
        layout.tilesPerGroup() * PackedGates.TILE, layout.blocksPerGroup() * gates, "vectors");
  }

  @Test
  void valuesAddedToARowStandAtTheirGateAndUnit() {
    PackedGates layout = new PackedGates(4, 5, 1, 4);
    MemorySegment values = Values.zeros(20);
    for (int i = 0; i < 20; i++) {
      values.setAtIndex(JAVA_FLOAT, i, i + 1);
    }
    MemorySegment row = Values.zeros(layout.rowFloats());

    layout.addToRow(values, row);
    layout.addToRow(values, row);

    for (int gate = 0; gate < 4; gate++) {
      for (int unit = 0; unit < 5; unit++) {
        float expected = 2 * (gate * 5 + unit + 1);
        assertEquals(expected, row.getAtIndex(JAVA_FLOAT, layout.rowIndex(gate, unit)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void aMatrixPackedAgainTakesThePlaceOfTheOneBefore(PackedGates layout) {
    int size = layout.gates() * layout.units() * layout.inputs();
    MemorySegment packed = pack(layout, Values.ORDINARY.segment(size, new Random(1)), size);
    MemorySegment matrix = randomBits(size);

    int some = layout.blocks() / 2;
    layout.packAgain(matrix, packed, some, layout.blocks());
    layout.packAgain(matrix, packed, 0, some);

    assertEquals(-1, pack(layout, matrix, size).mismatch(packed));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void inputsStoredOneByOneMakeUpTheMatrix(PackedGates gates) {
    PackedGates layout = new PackedGates(1, gates.units(), gates.inputs(), gates.lanes());
    int size = layout.units() * layout.inputs();
    MemorySegment transposed = randomBits(size);
    MemorySegment matrix = Values.zeros(size);
    MemorySegment packed = Values.zeros(layout.bytes() / Float.BYTES);
    for (int input = 0; input < layout.inputs(); input++) {
      for (int unit = 0; unit < layout.units(); unit++) {
        int bits = transposed.getAtIndex(JAVA_INT, (long) input * layout.units() + unit);
        matrix.setAtIndex(JAVA_INT, (long) unit * layout.inputs() + input, bits);
      }
      layout.storeInput(transposed, (long) input * layout.units() * 4, input, packed);
    }

    assertEquals(-1, pack(layout, matrix, size).mismatch(packed));
  }

  private static MemorySegment pack(PackedGates layout, MemorySegment matrix, int piece) {
    MemorySegment packed = Values.zeros(layout.bytes() / Float.BYTES);
    long floats = matrix.byteSize() / Float.BYTES;
    for (long first = 0; first < floats; first += piece) {
      long count = Math.min(piece, floats - first);
      layout.pack(
          matrix.asSlice(first * Float.BYTES, count * Float.BYTES),
          first,
          (index, value) -> packed.setAtIndex(JAVA_FLOAT, index, value));
    }
    return packed;
  }

  /** Any bits at all, NaNs with payloads among them, but never those of zero. */
  private static MemorySegment randomBits(int floats) {
    MemorySegment segment = Values.zeros(floats);
    Random random = new Random(floats);
    for (int i = 0; i < floats; i++) {
      segment.setAtIndex(JAVA_INT, i, i % 8 == 0 ? 0x7f80_0001 + i : random.nextInt() | 1);
    }
    return segment;
  }
}
