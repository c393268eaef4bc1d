// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.tools.checkpoint.Refusal;

/** No length in a pickle reaches beyond it, and no opcode beyond plain data passes. */
class PickleScanTest {
  private static final byte[] WHOLE =
      Pickle.start()
          .op("}(")
          .text("epoch")
          .number(3)
          .text("loss")
          .op("G")
          .int64(Double.doubleToLongBits(0.5))
          .text("seed")
          .number(1L << 40)
          .global("collections", "OrderedDict")
          .op(")R")
          .op(0x8c, 2)
          .op("ok")
          .op("u")
          .stop();

  @Test
  void plainDataPasses() {
    assertDoesNotThrow(() -> PickleScan.check(WHOLE, 0, "data.pkl"));
  }

  @Test
  void theNextPickleBeginsWhereOneEnds() {
    byte[] two = Arrays.copyOf(WHOLE, WHOLE.length + 3);
    System.arraycopy(Pickle.start().bytes(), 0, two, WHOLE.length, 2);
    two[WHOLE.length + 2] = '.';
    int end = PickleScan.check(two, 0, "data.pkl");
    assertEquals(WHOLE.length, end);
    assertEquals(two.length, PickleScan.check(two, end, "data.pkl"));
  }

  @Test
  void everyTruncationIsRefused() {
    for (int length = 0; length < WHOLE.length; length++) {
      byte[] cut = Arrays.copyOf(WHOLE, length);
      assertThrows(
          Refusal.class, () -> PickleScan.check(cut, 0, "data.pkl"), () -> "at " + cut.length);
    }
  }

  static Stream<Arguments> lengthsBeyondTheEnd() {
    return Stream.of(
        Arguments.of("BINUNICODE", Pickle.start().op("X").int32(Integer.MAX_VALUE)),
        Arguments.of("BINUNICODE, unsigned", Pickle.start().op("X").int32(-1)),
        Arguments.of("BINUNICODE8", Pickle.start().op(0x8d).int64(1L << 40)),
        Arguments.of("BINUNICODE8, unsigned", Pickle.start().op(0x8d).int64(-1)),
        Arguments.of("SHORT_BINUNICODE", Pickle.start().op(0x8c, 200)),
        Arguments.of("BINBYTES", Pickle.start().op("B").int32(1 << 30)),
        Arguments.of("BINBYTES8", Pickle.start().op(0x8e).int64(Long.MAX_VALUE)),
        Arguments.of("BYTEARRAY8", Pickle.start().op(0x96).int64(Long.MIN_VALUE)),
        Arguments.of("LONG1", Pickle.start().op(0x8a, 255)),
        Arguments.of("LONG4", Pickle.start().op(0x8b).int32(1 << 30)),
        Arguments.of("FRAME", Pickle.start().op(0x95).int64(1L << 40)),
        Arguments.of("GLOBAL", Pickle.start().op("cos")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lengthsBeyondTheEnd")
  void aLengthBeyondTheEndIsRefused(String opcode, Pickle pickle) {
    assertTrue(
        assertThrows(Refusal.class, () -> PickleScan.check(pickle.stop(), 0, "data.pkl"))
            .getMessage()
            .contains("data.pkl"));
  }

  /** FLOAT, PERSID, STRING, UNICODE, GET, PUT, EXT1, EXT2, EXT4, NEXT_BUFFER, READONLY_BUFFER. */
  @ParameterizedTest
  @ValueSource(ints = {'F', 'P', 'S', 'V', 'g', 'p', 0x82, 0x83, 0x84, 0x97, 0x98, 0, 0xff})
  void anOpcodeThatCheckpointsDoNotHaveIsRefused(int opcode) {
    byte[] pickle = Pickle.start().op(opcode).op("1\n").stop();
    assertTrue(
        assertThrows(Refusal.class, () -> PickleScan.check(pickle, 0, "data.pkl"))
            .getMessage()
            .contains("opcode 0x%02x".formatted(opcode)));
  }

  @Test
  void integersOfThousandsOfDigitsAreRefused() {
    byte[] binary = Pickle.start().op(0x8b).int32(1000).op("x".repeat(1000)).stop();
    byte[] text = Pickle.start().op("L" + "9".repeat(1000) + "L\n").stop();
    assertThrows(Refusal.class, () -> PickleScan.check(binary, 0, "data.pkl"));
    assertThrows(Refusal.class, () -> PickleScan.check(text, 0, "data.pkl"));
  }

  @Test
  void stepsWithoutEndAreRefused() {
    byte[] steps = Pickle.start().op("N0".repeat(1_000_000)).stop();
    assertTrue(
        assertThrows(Refusal.class, () -> PickleScan.check(steps, 0, "data.pkl"))
            .getMessage()
            .contains("steps"));
  }
}
