// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.format.ModelFormatException;

/** Files that NumPy itself wrote; {@code src/test/python/make_npy_samples.py} says how. */
class NumpySamplesTest {

  @ParameterizedTest
  @CsvSource({
    "float16, FLOAT16",
    "float32, FLOAT32",
    "float64, FLOAT64",
    "int8, INT8",
    "int16, INT16",
    "int32, INT32",
    "int64, INT64",
    "float16-big-endian, FLOAT16",
    "float32-big-endian, FLOAT32",
    "float64-big-endian, FLOAT64",
    "int16-big-endian, INT16",
    "int32-big-endian, INT32",
    "int64-big-endian, INT64",
    "version-2, FLOAT32",
    "version-3, FLOAT32",
  })
  void everyTypeByteOrderAndVersionIsRead(String sample, ElementType type) throws Exception {
    NdArray array = Npy.read(sample(sample + ".npy"));

    assertEquals(type, array.type());
    assertArrayEquals(new long[] {3, 4}, array.shape());
    assertCountsFromMinusThree(array);
  }

  @ParameterizedTest
  @CsvSource({
    "fortran, '2, 3, 4'",
    "fortran-big-endian, '2, 3, 4'",
    "five-dimensions, '2, 1, 3, 1, 2'",
    "empty, '0, 5'",
    "no-dimensions, ''",
  })
  void everyShapeAndOrderIsReadInOrderC(String sample, String shape) throws Exception {
    NdArray array = Npy.read(sample(sample + ".npy"));

    assertArrayEquals(Shapes.parse(shape), array.shape());
    assertCountsFromMinusThree(array);
  }

  @Test
  void unsignedBytesAreNotNegative() throws Exception {
    NdArray array = Npy.read(sample("uint8.npy"));

    assertEquals(ElementType.UINT8, array.type());
    assertArrayEquals(new int[] {0, 1, 127, 128, 255}, array.ints());
    assertArrayEquals(new float[] {0, 1, 127, 128, 255}, array.floats());
  }

  @Test
  void booleansAreReadAsOneAndZero() throws Exception {
    NdArray array = Npy.read(sample("bool.npy"));

    assertEquals(ElementType.BOOL, array.type());
    assertArrayEquals(new int[] {1, 0, 0, 1}, array.ints());
    assertArrayEquals(new double[] {1, 0, 0, 1}, array.doubles());
  }

  @Test
  void specialValuesKeepTheirBits() throws Exception {
    float[] expected = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0.0f, Float.MIN_VALUE
    };

    assertArrayEquals(expected, Npy.read(sample("special-values.npy")).floats());
  }

  @ParameterizedTest
  @ValueSource(strings = {"savez.npz", "savez-compressed.npz"})
  void archivesAreReadInTheirOrderWithAnyName(String sample) throws Exception {
    Map<String, NdArray> arrays = Npz.read(sample(sample));

    assertEquals(List.of("x", "h0|encoder.lstm", "tokens"), List.copyOf(arrays.keySet()));
    assertArrayEquals(new long[] {2, 3}, arrays.get("x").shape());
    assertArrayEquals(new long[] {1, 2}, arrays.get("h0|encoder.lstm").shape());
    assertArrayEquals(new long[] {4}, arrays.get("tokens").shape());
    for (NdArray array : arrays.values()) {
      assertCountsFromMinusThree(array);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "refused-object.npy, object arrays would run pickle",
    "refused-structured.npy, structured type",
    "refused-complex.npy, '<c8'",
    "refused-text.npy, '<U3'",
  })
  void whatIsNoArrayOfNumbersIsRefused(String sample, String reason) {
    Path file = sample(sample);

    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Npy.read(file));

    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private static void assertCountsFromMinusThree(NdArray array) throws ModelFormatException {
    double[] expected = new double[array.size()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = i - 3;
    }
    assertArrayEquals(expected, array.doubles());
    float[] floats = array.floats();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], floats[i]);
    }
  }

  private static Path sample(String name) {
    return Path.of(URI.create(NumpySamplesTest.class.getResource("/npy/" + name).toString()));
  }
}
