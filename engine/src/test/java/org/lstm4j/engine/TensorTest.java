// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class TensorTest {
  private static final float[] SIX = {1, 2, 3, 4, 5, 6};

  @Test
  void elementsAreRowMajor() {
    Tensor tensor = Tensor.of(SIX, 2, 3);

    assertEquals(6, tensor.size());
    assertArrayEquals(new long[] {2, 3}, tensor.shape());
    assertEquals(4, tensor.get(3));
    assertArrayEquals(SIX, tensor.toArray());
    assertEquals("Tensor[2, 3]", tensor.toString());
  }

  @Test
  void aScalarHasNoDimension() {
    assertEquals(1, Tensor.of(new float[] {7}).size());
  }

  @Test
  void aTensorMayBeEmpty() {
    assertArrayEquals(new float[0], Tensor.of(new float[0], 0, 4).toArray());
  }

  @Test
  void valuesAreCopiedAndSegmentsAreNot() {
    float[] values = SIX.clone();
    Tensor copied = Tensor.of(values, 6);
    Tensor wrapped = Tensor.wrap(MemorySegment.ofArray(values), 6);

    values[0] = 9;

    assertEquals(1, copied.get(0));
    assertEquals(9, wrapped.get(0));
  }

  @Test
  void aTensorCannotBeWrittenThrough() {
    assertTrue(Tensor.wrap(MemorySegment.ofArray(SIX.clone()), 6).data().isReadOnly());
    Tensor tensor = Tensor.of(SIX, 6);
    tensor.shape()[0] = 3;
    assertArrayEquals(new long[] {6}, tensor.shape());
  }

  @Test
  void anElementThatIsNotThereIsRefused() {
    Tensor tensor = Tensor.of(SIX, 6);
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.get(6));
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.get(-1));
  }

  @Test
  void aShapeHasToFit() {
    assertEquals(
        "shape [2, 2] does not hold 6 elements",
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(SIX, 2, 2)).getMessage());
    assertEquals(
        "negative dimension in shape [-2, -3]",
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(SIX, -2, -3)).getMessage());
    assertEquals(
        "shape too large: [4294967296, 4294967296]",
        assertThrows(IllegalArgumentException.class, () -> Tensor.sizeOf(1L << 32, 1L << 32))
            .getMessage());
    assertEquals(
        "a tensor needs whole floats, but its segment has 5 bytes",
        assertThrows(
                IllegalArgumentException.class,
                () -> Tensor.wrap(MemorySegment.ofArray(new byte[5]), 1))
            .getMessage());
  }
}
