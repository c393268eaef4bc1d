// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.Shapes;
import org.lstm4j.tools.checkpoint.TensorMemory;

/** A numpy.ndarray whose elements lie in the pickle, and the numbers that NumPy pickles alike. */
final class NumpyArray {
  private static final int STATE_LENGTH = 5;

  private Object dtype;
  private Object shape;
  private Object columnMajor;
  private Object content;

  /** The call numpy.core.multiarray._reconstruct; BUILD gives the rest. */
  static NumpyArray reconstructed() {
    return new NumpyArray();
  }

  /** The call numpy.core.numeric._frombuffer(content, dtype, shape, order) of protocol 5. */
  static NumpyArray ofBuffer(Object[] arguments) {
    NumpyArray array = new NumpyArray();
    if (arguments.length == 4) {
      array.content = arguments[0];
      array.dtype = arguments[1];
      array.shape = arguments[2];
      array.columnMajor = "F".equals(arguments[3]);
    }
    return array;
  }

  /** The state that NumPy pickles: version, shape, dtype, whether column-major, content. */
  void setState(Object state) {
    if (state instanceof Object[] items && items.length == STATE_LENGTH) {
      shape = items[1];
      dtype = items[2];
      columnMajor = items[3];
      content = items[4];
    }
  }

  /** Reads the array as a tensor. */
  StoredTensor load(TensorWalk.Found found, TensorMemory memory) {
    String name = found.path();
    DType type = dtype(name);
    long[] sizes = Integers.tuple(shape, Shapes.MAX_DIMENSIONS, "the shape of " + name);
    long bytes = Shapes.byteSize(sizes, type.bytes(), name);
    Refusal.require(
        length(content) == bytes,
        "has other than %d bytes for the NumPy array %s; the file is damaged",
        bytes,
        name);
    MemorySegment target = memory.allocate(bytes, name);
    if (bytes > 0) {
      TensorView view = TensorView.of(sizes, Boolean.TRUE.equals(columnMajor), type);
      StridedCopy.copy(view, MemorySegment.ofArray(bytes(content)), order(), target);
    }
    return new StoredTensor(found.dict(), found.name(), type, sizes, target);
  }

  private DType dtype(String name) {
    if (dtype instanceof NumpyDtype numpy) {
      return numpy
          .dtype()
          .orElseThrow(() ->
              new Refusal(
                  "has %s as a NumPy array of %s, which no tensor has; save it as float32",
                  name, numpy));
    }
    throw new Refusal("describes the NumPy array %s without its type; the file is damaged", name);
  }

  private ByteOrder order() {
    return ((NumpyDtype) dtype).order();
  }

  /** The call numpy.core.multiarray.scalar(dtype, content): a number if it can be one. */
  static Object scalar(Object[] arguments) {
    if (arguments.length == 2
        && arguments[0] instanceof NumpyDtype numpy
        && numpy.dtype().isPresent()
        && numpy.dtype().get().bytes() == length(arguments[1])) {
      return number(numpy.dtype().get(), ByteBuffer.wrap(bytes(arguments[1])).order(numpy.order()));
    }
    return new PickledObject("numpy.generic");
  }

  private static Object number(DType dtype, ByteBuffer content) {
    return switch (dtype) {
      case FLOAT64 -> content.getDouble();
      case FLOAT32 -> (double) content.getFloat();
      case FLOAT16, BFLOAT16 -> (double) Float.float16ToFloat(content.getShort());
      case INT64, UINT64 -> content.getLong();
      case INT32 -> (long) content.getInt();
      case UINT32 -> Integer.toUnsignedLong(content.getInt());
      case INT16 -> (long) content.getShort();
      case UINT16 -> (long) Short.toUnsignedInt(content.getShort());
      case INT8 -> (long) content.get();
      case UINT8 -> (long) Byte.toUnsignedInt(content.get());
      case BOOL -> content.get() != 0;
    };
  }

  /** Bytes, or text that stands for them: that of Python 2, and that of protocol 2. */
  private static byte[] bytes(Object content) {
    return content instanceof byte[] bytes
        ? bytes
        : ((String) content).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static long length(Object content) {
    return switch (content) {
      case byte[] bytes -> bytes.length;
      case String text -> text.length();
      case null, default -> -1;
    };
  }
}
