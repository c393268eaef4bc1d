// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.format.ModelFormatException;

class NdArrayTest {

  @Test
  void knowsItsShapeTypeAndSize() {
    NdArray array = NdArray.of(new float[6], 2, 3);

    assertEquals(ElementType.FLOAT32, array.type());
    assertArrayEquals(new long[] {2, 3}, array.shape());
    assertEquals(2, array.rank());
    assertEquals(6, array.size());
    assertEquals("array: float32 (2, 3)", array.toString());
  }

  @Test
  void holdsOneElementWhenItHasNoDimensions() throws ModelFormatException {
    NdArray array = NdArray.of(new double[] {2.5});

    assertEquals(0, array.rank());
    assertArrayEquals(new float[] {2.5f}, array.floats());
  }

  @Test
  void copiesWhatItIsGivenAndWhatItReturns() throws ModelFormatException {
    float[] values = {1, 2};
    long[] shape = {2};
    NdArray array = NdArray.of(values, shape);

    values[0] = 9;
    shape[0] = 9;
    array.floats()[1] = 9;
    array.shape()[0] = 9;

    assertEquals(NdArray.of(new float[] {1, 2}, 2), array);
  }

  @Test
  void differsByTypeShapeAndBits() {
    NdArray array = NdArray.of(new float[] {0, 1}, 2);

    assertEquals(array.hashCode(), NdArray.of(new float[] {0, 1}, 2).hashCode());
    assertNotEquals(array, NdArray.of(new float[] {0, 1}, 1, 2));
    assertNotEquals(array, NdArray.of(new float[] {-0.0f, 1}, 2));
    assertNotEquals(array, NdArray.of(new int[] {0, Float.floatToIntBits(1)}, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "2, 2", "-1, -6", "", "6, 0", "3037000500, 3037000500", "-6"})
  void refusesAShapeThatDoesNotHoldItsElements(String shape) {
    assertThrows(
        IllegalArgumentException.class, () -> NdArray.of(new float[6], Shapes.parse(shape)));
  }

  @Test
  void roundsDoublesToTheNearestFloat() throws ModelFormatException {
    NdArray array = NdArray.of(new double[] {0.1, Double.NaN, Double.NEGATIVE_INFINITY}, 3);

    assertArrayEquals(new float[] {0.1f, Float.NaN, Float.NEGATIVE_INFINITY}, array.floats());
  }

  @Test
  void roundsWholeNumbersOnce() throws ModelFormatException {
    // By way of a double this would be a tie, and round down to 2^60.
    long justAboveTheTie = (1L << 60) + (1L << 36) + 1;

    assertArrayEquals(
        new float[] {0x1.000002p60f}, NdArray.of(new long[] {justAboveTheTie}, 1).floats());
  }

  @Test
  void refusesADoubleBeyondTheLargestFloat() {
    NdArray array = NdArray.of(new double[] {0, 1, 2, 1e39}, 2, 2);

    ModelFormatException e = assertThrows(ModelFormatException.class, array::floats);

    assertEquals(
        "array: element [1, 1] is 1.0E39, beyond the largest 32-bit float; scale the data",
        e.getMessage());
  }

  @Test
  void refusesATokenBeyondAnInt() {
    NdArray array = NdArray.of(new long[] {0, Integer.MIN_VALUE, 9_000_000_000L}, 3);

    ModelFormatException e = assertThrows(ModelFormatException.class, array::ints);

    assertEquals(
        "array: element [2] is 9000000000, beyond the 32 bits of a token; store smaller numbers",
        e.getMessage());
  }

  @Test
  void refusesFloatsAsTokens() {
    NdArray array = NdArray.of(new float[] {1, 2}, 2);

    ModelFormatException e = assertThrows(ModelFormatException.class, array::ints);

    assertEquals(
        "array: holds float32 where whole numbers are needed; store it with astype('int64')",
        e.getMessage());
  }

  @Test
  void widensHalfPrecisionExactly() throws ModelFormatException {
    byte[] bytes =
        ByteBuffer.allocate(6)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) 0x3555)
            .putShort((short) 0x0001)
            .putShort((short) 0xFC00)
            .array();
    NdArray array = NdArray.ofBytes("array", ElementType.FLOAT16, new long[] {3}, bytes);

    assertArrayEquals(new float[] {0x1.554p-2f, 0x1p-24f, Float.NEGATIVE_INFINITY}, array.floats());
  }
}
