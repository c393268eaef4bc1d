// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Elements;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.Shapes;
import org.lstm4j.tools.checkpoint.TensorMemory;

/**
 * Makes tensors of the file's tensors by moving elements. The memory for all of them together is
 * bounded by the size of the file's.
 */
final class Constants {
  /** More numbers than any shape has. */
  private static final int MAX_SIZES = 256;

  private final TensorMemory memory;

  /**
   * Moves elements.
   *
   * @param tensors all of the file's, which bound what is made of them
   */
  Constants(Iterable<StoredTensor> tensors) {
    long bytes = 0;
    for (StoredTensor tensor : tensors) {
      bytes += tensor.data().byteSize();
    }
    memory = new TensorMemory(bytes);
  }

  /** The same elements in another shape. */
  static StoredTensor reshaped(StoredTensor tensor, long... shape) {
    return new StoredTensor("", tensor.name(), tensor.dtype(), shape, tensor.data());
  }

  /**
   * The elements at offset + i * stride[0] + j * stride[1] + ..., all of them inside the tensor.
   *
   * @param shape how many i, j, ...
   */
  StoredTensor strided(StoredTensor tensor, long offset, long[] shape, long[] strides) {
    DType dtype = tensor.dtype();
    MemorySegment target =
        memory.allocate(Shapes.byteSize(shape, dtype.bytes(), tensor.name()), tensor.name());
    if (target.byteSize() > 0) {
      new Copy(tensor, shape, strides, target).dimension(0, offset);
    }
    return new StoredTensor("", tensor.name(), dtype, shape, target);
  }

  /** The tensor with its axes in another order. */
  StoredTensor transposed(StoredTensor tensor, List<Integer> order) {
    long[] strides = strides(tensor.shape());
    long[] shape = new long[strides.length];
    long[] moved = new long[strides.length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = tensor.shape()[order.get(i)];
      moved[i] = strides[order.get(i)];
    }
    return strided(tensor, 0, shape, moved);
  }

  /** The part of an axis that begins somewhere and goes on in steps. */
  StoredTensor sliced(StoredTensor tensor, int axis, long from, long step, long count) {
    long[] shape = tensor.shape();
    long[] strides = strides(shape);
    long offset = count == 0 ? 0 : from * strides[axis];
    shape[axis] = count;
    strides[axis] *= step;
    return strided(tensor, offset, shape, strides);
  }

  /** Tensors of one type one behind the other on an axis; all other axes are of equal size. */
  StoredTensor joined(List<StoredTensor> tensors, int axis) {
    StoredTensor first = tensors.getFirst();
    long[] shape = first.shape();
    long outer = 1;
    for (int i = 0; i < axis; i++) {
      outer *= shape[i];
    }
    shape[axis] = tensors.stream().mapToLong(tensor -> tensor.shape()[axis]).sum();
    MemorySegment target =
        memory.allocate(Shapes.byteSize(shape, first.dtype().bytes(), first.name()), first.name());
    long written = 0;
    for (long i = 0; i < outer; i++) {
      for (StoredTensor tensor : tensors) {
        long block = tensor.data().byteSize() / outer;
        MemorySegment.copy(tensor.data(), i * block, target, written, block);
        written += block;
      }
    }
    return new StoredTensor("", first.name(), first.dtype(), shape, target);
  }

  /** How far apart neighbours on each axis lie, in elements. */
  static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, shape[i]);
    }
    return strides;
  }

  /** The one value that all elements have; empty if they differ or there are none. */
  static Optional<Double> uniform(StoredTensor tensor) {
    if (tensor.size() == 0) {
      return Optional.empty();
    }
    MemorySegment data = tensor.data();
    int bytes = tensor.dtype().bytes();
    // Each element is like the one before it.
    boolean equal =
        MemorySegment.mismatch(data, bytes, data.byteSize(), data, 0, data.byteSize() - bytes) < 0;
    return equal ? Optional.of(number(tensor, 0)) : Optional.empty();
  }

  private static double number(StoredTensor tensor, long index) {
    if (!tensor.dtype().isFloatingPoint()) {
      return whole(tensor, index);
    }
    StoredTensor element =
        new StoredTensor(
            "",
            tensor.name(),
            tensor.dtype(),
            new long[] {1},
            tensor.data().asSlice(index * tensor.dtype().bytes(), tensor.dtype().bytes()));
    return element.toTensor().toArray()[0];
  }

  /**
   * A tensor of at most one axis as the numbers of a shape, if it can be; fractions are cut off.
   */
  static Optional<Value.Sizes> sizes(StoredTensor tensor) {
    if (tensor.shape().length > 1 || tensor.size() > MAX_SIZES) {
      return Optional.empty();
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < tensor.size(); i++) {
      dims.add(
          Dim.of(tensor.dtype().isFloatingPoint() ? (long) number(tensor, i) : whole(tensor, i)));
    }
    return Optional.of(new Value.Sizes(dims, tensor.shape().length == 0));
  }

  private static long whole(StoredTensor tensor, long index) {
    MemorySegment data = tensor.data();
    return switch (tensor.dtype().bytes()) {
      case 1 -> data.getAtIndex(JAVA_BYTE, index);
      case 2 -> data.getAtIndex(JAVA_SHORT_UNALIGNED, index);
      case 4 -> data.getAtIndex(JAVA_INT_UNALIGNED, index);
      default -> data.getAtIndex(JAVA_LONG_UNALIGNED, index);
    };
  }

  /** A tensor that is to be weights. */
  static StoredTensor requireFloating(StoredTensor tensor, Object node) {
    Refusal.require(
        tensor.dtype().isFloatingPoint(),
        "has %s with weights of %s; export the network with weights in floating point",
        node,
        tensor.dtype());
    return tensor;
  }

  /** A vector of equal elements. */
  StoredTensor uniform(double value, long size) {
    MemorySegment target = memory.allocate(size * Float.BYTES, "a constant");
    for (long i = 0; i < size; i++) {
      target.setAtIndex(JAVA_FLOAT, i, (float) value);
    }
    return new StoredTensor("", "", DType.FLOAT32, new long[] {size}, target);
  }

  /** Every element times a number, in float32. */
  StoredTensor scaled(StoredTensor tensor, float factor) {
    MemorySegment values = tensor.toTensor().data();
    MemorySegment target = memory.allocate(values.byteSize(), tensor.name());
    for (long i = 0; i < tensor.size(); i++) {
      target.setAtIndex(JAVA_FLOAT, i, values.getAtIndex(JAVA_FLOAT, i) * factor);
    }
    return new StoredTensor("", tensor.name(), DType.FLOAT32, tensor.shape(), target);
  }

  /** Lays the elements of a view out one after the other. Used once. */
  private static final class Copy {
    private final StoredTensor source;
    private final long[] shape;
    private final long[] strides;
    private final MemorySegment target;
    private long written;

    Copy(StoredTensor source, long[] shape, long[] strides, MemorySegment target) {
      this.source = source;
      this.shape = shape;
      this.strides = strides;
      this.target = target;
    }

    /** What lies at one index of each of the axes before this one. */
    void dimension(int axis, long element) {
      if (axis == shape.length) {
        row(element, 1, 1);
      } else if (axis == shape.length - 1) {
        row(element, strides[axis], shape[axis]);
      } else {
        for (long i = 0; i < shape[axis]; i++) {
          dimension(axis + 1, element + i * strides[axis]);
        }
      }
    }

    private void row(long element, long stride, long count) {
      Elements.gather(
          source.data(),
          ByteOrder.nativeOrder(),
          source.dtype(),
          element,
          stride,
          target,
          written,
          count);
      written += count;
    }
  }
}
