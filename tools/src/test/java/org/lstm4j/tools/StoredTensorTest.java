// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class StoredTensorTest {
  private static StoredTensor tensor(DType dtype, MemorySegment data, long... shape) {
    return new StoredTensor("model", "fc.weight", dtype, shape, data);
  }

  @Test
  void float16WidensExactly() {
    short[] halves = {0x3c00, (short) 0xc000, 0x7bff, 0x0001, 0x7c00, (short) 0x8000};
    assertArrayEquals(
        new float[] {1, -2, 65504, 0x1p-24f, Float.POSITIVE_INFINITY, -0.0f},
        tensor(DType.FLOAT16, MemorySegment.ofArray(halves), 6).toTensor().toArray());
  }

  @Test
  void bfloat16WidensExactly() {
    short[] upperHalves = {0x3f80, (short) 0xc000, 0x0001, (short) 0xff80, (short) 0x8000};
    assertArrayEquals(
        new float[] {1, -2, 0x1p-133f, Float.NEGATIVE_INFINITY, -0.0f},
        tensor(DType.BFLOAT16, MemorySegment.ofArray(upperHalves), 5).toTensor().toArray());
  }

  @Test
  void float64RoundsToNearest() {
    double[] doubles = {1 + 0x1p-24, 1 + 0x1.8p-24, 0.1, -0.0, Double.NaN};
    assertArrayEquals(
        new float[] {1, 1 + 0x1p-23f, 0.1f, -0.0f, Float.NaN},
        tensor(DType.FLOAT64, MemorySegment.ofArray(doubles), 5).toTensor().toArray());
  }

  @Test
  void float32KeepsEveryBit() {
    int[] bits = {0x7fc00001, 0xffaaaaaa, 1, 0x80000000};
    StoredTensor tensor = tensor(DType.FLOAT32, MemorySegment.ofArray(bits), 2, 2);
    assertEquals(-1, tensor.toTensor().data().mismatch(tensor.data()));
  }

  @Test
  void aScalarHasNoDimensions() {
    StoredTensor scalar = tensor(DType.FLOAT32, MemorySegment.ofArray(new float[] {3}));
    assertEquals(1, scalar.size());
    assertArrayEquals(new float[] {3}, scalar.toTensor().toArray());
  }

  @Test
  void integersAreNoWeights() {
    StoredTensor integers = tensor(DType.INT64, MemorySegment.ofArray(new long[] {1, 2}), 2);
    assertThrows(IllegalStateException.class, integers::toTensor);
  }

  @Test
  void theShapeFillsTheData() {
    MemorySegment data = MemorySegment.ofArray(new float[6]);
    assertThrows(IllegalArgumentException.class, () -> tensor(DType.FLOAT32, data, 2, 2));
    assertThrows(IllegalArgumentException.class, () -> tensor(DType.FLOAT64, data, 6));
  }

  @Test
  void thePathIsDictAndName() {
    MemorySegment data = MemorySegment.ofArray(new float[1]);
    assertEquals("model.fc.weight", tensor(DType.FLOAT32, data, 1).path());
    assertEquals(
        "fc.weight", new StoredTensor("", "fc.weight", DType.FLOAT32, new long[] {1}, data).path());
  }
}
