// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/**
 * An n-dimensional array of 32-bit floats, row-major (the last dimension is contiguous), in native
 * byte order.
 *
 * <p>The values lie in a {@link MemorySegment}. {@link #of} copies them into memory that the
 * garbage collector manages; {@link #wrap} keeps the caller's segment, which must then stay alive
 * and unchanged for as long as the tensor is used. A tensor never writes to its segment, so it may
 * be shared by any number of threads.
 */
public final class Tensor {
  private static final long ALIGNMENT = 64;

  private final long[] shape;
  private final MemorySegment data;

  private Tensor(MemorySegment data, long[] shape) {
    this.shape = shape;
    this.data = data.asReadOnly();
  }

  /**
   * A tensor of the given values, copied.
   *
   * @param values the elements in row-major order
   * @param shape the size of each dimension; no dimension for a scalar
   * @return the tensor
   * @throws IllegalArgumentException if the shape does not hold exactly {@code values.length}
   *     elements
   */
  public static Tensor of(float[] values, long... shape) {
    requireSize(values.length, shape);
    MemorySegment copy =
        Arena.ofAuto().allocate(Math.max(1L, values.length) * Float.BYTES, ALIGNMENT);
    MemorySegment.copy(values, 0, copy, JAVA_FLOAT_UNALIGNED, 0, values.length);
    return new Tensor(copy.asSlice(0, (long) values.length * Float.BYTES), shape.clone());
  }

  /**
   * A tensor over the caller's memory, not copied.
   *
   * @param data the elements in row-major order and native byte order, of any alignment
   * @param shape the size of each dimension; no dimension for a scalar
   * @return the tensor
   * @throws IllegalArgumentException if the shape does not fill the segment exactly
   */
  public static Tensor wrap(MemorySegment data, long... shape) {
    Objects.requireNonNull(data, "data");
    if (data.byteSize() % Float.BYTES != 0) {
      throw new IllegalArgumentException(
          "a tensor needs whole floats, but its segment has " + data.byteSize() + " bytes");
    }
    requireSize(data.byteSize() / Float.BYTES, shape);
    return new Tensor(data, shape.clone());
  }

  /**
   * The number of elements that a shape holds.
   *
   * @param shape the size of each dimension
   * @return the product; 1 for no dimension
   * @throws IllegalArgumentException if a dimension is negative or the product overflows
   */
  public static long sizeOf(long... shape) {
    long size = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("negative dimension in shape " + Arrays.toString(shape));
      }
      try {
        size = Math.multiplyExact(size, dimension);
      } catch (ArithmeticException _) {
        throw new IllegalArgumentException("shape too large: " + Arrays.toString(shape));
      }
    }
    return size;
  }

  private static void requireSize(long elements, long... shape) {
    if (sizeOf(shape) != elements) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " does not hold " + elements + " elements");
    }
  }

  /** {@return the size of each dimension; a copy} */
  public long[] shape() {
    return shape.clone();
  }

  /** {@return the number of elements} */
  public long size() {
    return data.byteSize() / Float.BYTES;
  }

  /** {@return the elements in row-major order, read-only, in native byte order} */
  public MemorySegment data() {
    return data;
  }

  /**
   * The element at a row-major index.
   *
   * @param index the row-major index
   * @return the element
   * @throws IndexOutOfBoundsException if the index is not in {@code [0, size())}
   */
  public float get(long index) {
    return data.getAtIndex(JAVA_FLOAT_UNALIGNED, index);
  }

  /**
   * The elements in row-major order, copied.
   *
   * @return a new array
   * @throws IllegalArgumentException if there are more than an array can hold
   */
  public float[] toArray() {
    if (size() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(this + " has too many elements for an array");
    }
    return data.toArray(JAVA_FLOAT_UNALIGNED);
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape);
  }
}
