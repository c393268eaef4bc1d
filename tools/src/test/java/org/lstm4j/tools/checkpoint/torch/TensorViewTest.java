// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.checkpoint.Refusal;

/** Views lie inside their storage, and become row-major whatever their strides. */
class TensorViewTest {
  private static TensorView view(
      DType dtype, long storageSize, long offset, Long[] shape, Long[] strides) {
    StorageReference storage =
        new StorageReference(
            "0",
            new PickleGlobal.StorageType("torch.Storage", Optional.of(dtype), dtype.bytes()),
            storageSize,
            0,
            storageSize,
            "cpu");
    return TensorView.of(
        new PickledTensor(new Object[] {storage, offset, shape, strides, false}), "w");
  }

  private static TensorView view(long storageSize, long offset, Long[] shape, Long[] strides) {
    return view(DType.FLOAT32, storageSize, offset, shape, strides);
  }

  private static Long[] of(Long... values) {
    return values;
  }

  /** PyTorch 2 stores its newer types as bytes, and says the type beside them. */
  @Test
  void hasTheTypeThatIsGivenBesideItsStorage() {
    StorageReference bytes =
        new StorageReference(
            "0", PickleGlobals.resolve("torch.storage", "UntypedStorage"), 24, 0, 24, "cuda:0");
    PickleGlobal type = PickleGlobals.resolve("torch", "uint16");
    Object[] arguments = {bytes, 2L, of(5L, 2L), of(2L, 1L), false, null, type};
    TensorView view = TensorView.of(PickledTensor.ofV3(arguments), "w");
    assertEquals(DType.UINT16, view.dtype());
    assertEquals(12, view.storageElements());
    assertEquals(20, view.requireInside("w"));
  }

  @Test
  void ofAViewOfAStorageBeginsWhereTheViewDoes() {
    StorageReference storage =
        new StorageReference(
            "0", PickleGlobals.resolve("torch.cuda", "FloatStorage"), 24, 10, 6, "cuda:0");
    Object[] arguments = {storage, 2L, of(4L), of(1L)};
    TensorView view = TensorView.of(new PickledTensor(arguments), "w");
    assertEquals(12, view.offset());
    assertEquals(16, view.requireInside("w"));
    arguments[2] = of(5L);
    TensorView beyond = TensorView.of(new PickledTensor(arguments), "w");
    assertThrows(Refusal.class, () -> beyond.requireInside("w"));
  }

  @Test
  void isRefusedByNameWhereItsTypeIsNotRead() {
    for (String type : List.of("ComplexFloatStorage", "QInt8Storage", "NoStorage")) {
      StorageReference storage =
          new StorageReference("0", PickleGlobals.resolve("torch", type), 4, 0, 4, "cpu");
      PickledTensor tensor = new PickledTensor(new Object[] {storage, 0L, of(4L), of(1L)});
      String sentence =
          assertThrows(Refusal.class, () -> TensorView.of(tensor, "fc.weight")).getMessage();
      assertTrue(sentence.startsWith("stores fc.weight as torch." + type), sentence);
    }
  }

  static Stream<Arguments> inside() {
    return Stream.of(
        Arguments.of(view(24, 0, of(4L, 6L), of(6L, 1L)), 96),
        Arguments.of(view(24, 0, of(6L, 4L), of(1L, 6L)), 96),
        Arguments.of(view(24, 23, of(), of()), 4),
        Arguments.of(view(1, 0, of(1000L), of(0L)), 4000),
        Arguments.of(view(0, 0, of(0L), of(1L)), 0),
        Arguments.of(view(0, 100, of(5L, 0L), of(7L, 1L)), 0),
        Arguments.of(view(24, 3, of(2L, 2L), of(17L, 3L)), 16));
  }

  @ParameterizedTest
  @MethodSource("inside")
  void takesTheBytesOfItsElements(TensorView view, long bytes) {
    assertEquals(bytes, view.requireInside("w"));
  }

  static Stream<TensorView> outside() {
    return Stream.of(
        view(23, 0, of(4L, 6L), of(6L, 1L)),
        view(24, 1, of(4L, 6L), of(6L, 1L)),
        view(24, 24, of(), of()),
        view(24, Long.MAX_VALUE, of(1L), of(1L)),
        view(24, 0, of(2L), of(Long.MAX_VALUE)),
        view(24, 3, of(3L), of(Long.MAX_VALUE / 2)),
        view(24, 0, of(1L << 32, 1L << 32), of(1L << 32, 1L)),
        view(24, 0, of(1L << 62, 4L), of(0L, 0L)),
        view(24, 0, of(1L << 62, 4L, 0L), of(0L, 0L, 0L)));
  }

  @ParameterizedTest
  @MethodSource("outside")
  void isRefusedOutsideItsStorage(TensorView view) {
    assertTrue(
        assertThrows(Refusal.class, () -> view.requireInside("w")).getMessage().contains("w "));
  }

  @Test
  void isRefusedWithoutSense() {
    assertThrows(Refusal.class, () -> view(9, -1, of(3L), of(1L)));
    assertThrows(Refusal.class, () -> view(9, 0, of(-3L), of(1L)));
    assertThrows(Refusal.class, () -> view(9, 8, of(3L), of(-1L)));
    assertThrows(Refusal.class, () -> view(9, 0, of(3L, 3L), of(1L)));
    Long[] tooMany = new Long[65];
    Arrays.fill(tooMany, 1L);
    assertThrows(Refusal.class, () -> view(9, 0, tooMany, tooMany));
  }

  @Test
  void isContiguousWhereRowsFollowOneAnother() {
    assertTrue(view(24, 5, of(2L, 3L), of(3L, 1L)).isContiguous());
    assertTrue(view(24, 5, of(2L, 1L, 3L), of(3L, 99L, 1L)).isContiguous());
    assertTrue(view(24, 5, of(), of()).isContiguous());
    assertEquals(false, view(24, 0, of(2L, 3L), of(1L, 2L)).isContiguous());
    assertEquals(false, view(24, 0, of(3L), of(2L)).isContiguous());
    assertEquals(false, view(24, 0, of(3L), of(0L)).isContiguous());
  }

  /** Against the definition, element by element, over random views. */
  @ParameterizedTest
  @EnumSource(names = {"UINT8", "FLOAT16", "FLOAT32", "FLOAT64"})
  void becomesRowMajor(DType dtype) {
    Random random = new Random(dtype.bytes());
    for (int i = 0; i < 50; i++) {
      TensorView view = randomView(dtype, random);
      byte[] storage = new byte[(int) view.storageElements() * dtype.bytes()];
      random.nextBytes(storage);
      for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
        byte[] copy = new byte[(int) view.requireInside("w")];
        StridedCopy.copy(view, MemorySegment.ofArray(storage), order, MemorySegment.ofArray(copy));
        assertArrayEquals(byDefinition(view, storage, order), copy);
      }
    }
  }

  private static TensorView randomView(DType dtype, Random random) {
    int dimensions = random.nextInt(4);
    Long[] shape = new Long[dimensions];
    Long[] strides = new Long[dimensions];
    long size = random.nextInt(5) + 1L;
    long offset = size - 1;
    for (int i = 0; i < dimensions; i++) {
      shape[i] = random.nextInt(1, 5) * 1L;
      strides[i] = random.nextInt(6) * 1L;
      size += (shape[i] - 1) * strides[i];
    }
    return view(dtype, size, offset, shape, strides);
  }

  private static byte[] byDefinition(TensorView view, byte[] storage, ByteOrder order) {
    int bytes = view.dtype().bytes();
    int[] index = new int[view.shape().length];
    byte[] result = new byte[(int) view.requireInside("w")];
    for (int i = 0; i < result.length / bytes; i++) {
      long element = view.offset();
      for (int d = 0; d < index.length; d++) {
        element += index[d] * view.strides()[d];
      }
      for (int b = 0; b < bytes; b++) {
        int from = order.equals(ByteOrder.nativeOrder()) ? b : bytes - 1 - b;
        result[i * bytes + b] =
            MemorySegment.ofArray(storage).get(ValueLayout.JAVA_BYTE, element * bytes + from);
      }
      for (int d = index.length - 1; d >= 0 && ++index[d] == view.shape()[d]; d--) {
        index[d] = 0;
      }
    }
    return result;
  }
}
