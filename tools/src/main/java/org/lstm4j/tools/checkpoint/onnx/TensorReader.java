// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.onnx;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Elements;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.Shapes;
import org.lstm4j.tools.checkpoint.TensorMemory;
import org.lstm4j.tools.checkpoint.TensorNames;
import org.lstm4j.tools.checkpoint.onnx.v1.TensorProto;

/** Copies one tensor out of the message, in whichever of its fields it lies. */
final class TensorReader {
  private static final int EXTERNAL = 1;

  private final TensorProto tensor;
  private final DType dtype;
  private final String name;
  private final MemorySegment data;
  private final long size;

  private TensorReader(TensorProto tensor, String name, MemorySegment data, DType dtype) {
    this.tensor = tensor;
    this.name = name;
    this.data = data;
    this.dtype = dtype;
    this.size = data.byteSize() / dtype.bytes();
  }

  /**
   * The tensor under a name.
   *
   * @throws Refusal if its elements lie in another file, are of another type, or too many or too
   *     few
   */
  static StoredTensor read(TensorProto tensor, String name, TensorMemory memory) {
    TensorNames.require(name);
    Refusal.require(
        tensor.getDataLocation() != EXTERNAL && tensor.getExternalDataCount() == 0,
        "keeps the tensor %s in a file of its own, which is not read; save it as one file, with"
            + " onnx.save_model(onnx.load(PATH), PATH2, save_as_external_data=False)",
        name);
    Refusal.require(
        tensor.getDimsCount() <= Shapes.MAX_DIMENSIONS,
        "gives %s more than %d dimensions; the file is damaged",
        name,
        Shapes.MAX_DIMENSIONS);
    DType dtype = dtype(tensor.getDataType(), name);
    long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    long bytes = Shapes.byteSize(shape, dtype.bytes(), name);
    MemorySegment data = memory.allocate(bytes, name);
    new TensorReader(tensor, name, data, dtype).copy();
    return new StoredTensor("", name, dtype, shape, data);
  }

  // The numbers are those of DataType.
  private static DType dtype(int number, String name) {
    return switch (number) {
      case 1 -> DType.FLOAT32;
      case 2 -> DType.UINT8;
      case 3 -> DType.INT8;
      case 4 -> DType.UINT16;
      case 5 -> DType.INT16;
      case 6 -> DType.INT32;
      case 7 -> DType.INT64;
      case 9 -> DType.BOOL;
      case 10 -> DType.FLOAT16;
      case 11 -> DType.FLOAT64;
      case 12 -> DType.UINT32;
      case 13 -> DType.UINT64;
      case 16 -> DType.BFLOAT16;
      default ->
          throw new Refusal(
              "stores %s with the data type %d, which is not supported; convert it to float and"
                  + " save again",
              name, number);
    };
  }

  private void copy() {
    if (!tensor.getRawData().isEmpty()) {
      copyRaw();
      return;
    }
    switch (dtype) {
      case FLOAT32 -> copyFloats();
      case FLOAT64 -> copyDoubles();
      case INT64 -> copyLongs();
      case UINT32, UINT64 -> copyUnsigned();
      default -> copyInts();
    }
  }

  private void copyRaw() {
    requireSize(tensor.getRawData().size(), data.byteSize(), "bytes");
    MemorySegment source = MemorySegment.ofBuffer(tensor.getRawData().asReadOnlyByteBuffer());
    Elements.toNativeOrder(source, ByteOrder.LITTLE_ENDIAN, dtype, data);
  }

  private void copyFloats() {
    requireSize(tensor.getFloatDataCount(), size, "elements");
    for (int i = 0; i < size; i++) {
      data.setAtIndex(JAVA_FLOAT_UNALIGNED, i, tensor.getFloatData(i));
    }
  }

  private void copyDoubles() {
    requireSize(tensor.getDoubleDataCount(), size, "elements");
    for (int i = 0; i < size; i++) {
      data.setAtIndex(JAVA_DOUBLE_UNALIGNED, i, tensor.getDoubleData(i));
    }
  }

  private void copyLongs() {
    requireSize(tensor.getInt64DataCount(), size, "elements");
    for (int i = 0; i < size; i++) {
      data.setAtIndex(JAVA_LONG_UNALIGNED, i, tensor.getInt64Data(i));
    }
  }

  private void copyUnsigned() {
    requireSize(tensor.getUint64DataCount(), size, "elements");
    for (int i = 0; i < size; i++) {
      setBits(i, tensor.getUint64Data(i));
    }
  }

  private void copyInts() {
    requireSize(tensor.getInt32DataCount(), size, "elements");
    for (int i = 0; i < size; i++) {
      setBits(i, tensor.getInt32Data(i));
    }
  }

  private void setBits(long index, long bits) {
    switch (dtype.bytes()) {
      case 1 -> data.setAtIndex(JAVA_BYTE, index, (byte) bits);
      case 2 -> data.setAtIndex(JAVA_SHORT_UNALIGNED, index, (short) bits);
      case 4 -> data.setAtIndex(JAVA_INT_UNALIGNED, index, (int) bits);
      default -> data.setAtIndex(JAVA_LONG_UNALIGNED, index, bits);
    }
  }

  private void requireSize(long found, long needed, String what) {
    Refusal.require(
        found == needed,
        "gives %s %d %s, where its shape %s takes %d; the file is truncated or damaged",
        name,
        found,
        what,
        tensor.getDimsList(),
        needed);
  }
}
