// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalLong;
import org.lstm4j.format.ModelFormatException;

/**
 * An array of any number of dimensions, as NumPy has it: an element type, a shape and the elements
 * in C order (the last index varies fastest). A shape of no dimensions holds one element.
 *
 * <p>Immutable, hence safe to share between threads: arrays given and returned are copied. Two are
 * equal when type, shape and every bit of the elements are; the name plays no part.
 */
public final class NdArray {
  /** NumPy's own limit on the number of dimensions. */
  static final int MAX_RANK = 64;

  /** What the elements of an array may take: the longest array that every JVM can allocate. */
  static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private final String name;
  private final ElementType type;
  private final long[] shape;
  // Little-endian and in C order, as Npy writes it; read only at absolute positions.
  private final ByteBuffer data;

  private NdArray(String name, ElementType type, long[] shape, ByteBuffer data) {
    this.name = name;
    this.type = type;
    this.shape = shape.clone();
    this.data = data;
  }

  /**
   * Returns an array of {@link ElementType#FLOAT32}.
   *
   * @param values the elements in C order, copied
   * @param shape the length of each dimension; none for a single element
   * @throws IllegalArgumentException if the shape does not hold exactly these elements
   */
  public static NdArray of(float[] values, long... shape) {
    ByteBuffer bytes = allocate(ElementType.FLOAT32, values.length, shape);
    bytes.asFloatBuffer().put(values);
    return new NdArray("array", ElementType.FLOAT32, shape, bytes);
  }

  /**
   * Returns an array of {@link ElementType#FLOAT64}.
   *
   * @param values the elements in C order, copied
   * @param shape the length of each dimension; none for a single element
   * @throws IllegalArgumentException if the shape does not hold exactly these elements
   */
  public static NdArray of(double[] values, long... shape) {
    ByteBuffer bytes = allocate(ElementType.FLOAT64, values.length, shape);
    bytes.asDoubleBuffer().put(values);
    return new NdArray("array", ElementType.FLOAT64, shape, bytes);
  }

  /**
   * Returns an array of {@link ElementType#INT32}.
   *
   * @param values the elements in C order, copied
   * @param shape the length of each dimension; none for a single element
   * @throws IllegalArgumentException if the shape does not hold exactly these elements
   */
  public static NdArray of(int[] values, long... shape) {
    ByteBuffer bytes = allocate(ElementType.INT32, values.length, shape);
    bytes.asIntBuffer().put(values);
    return new NdArray("array", ElementType.INT32, shape, bytes);
  }

  /**
   * Returns an array of {@link ElementType#INT64}, NumPy's own type of whole numbers.
   *
   * @param values the elements in C order, copied
   * @param shape the length of each dimension; none for a single element
   * @throws IllegalArgumentException if the shape does not hold exactly these elements
   */
  public static NdArray of(long[] values, long... shape) {
    ByteBuffer bytes = allocate(ElementType.INT64, values.length, shape);
    bytes.asLongBuffer().put(values);
    return new NdArray("array", ElementType.INT64, shape, bytes);
  }

  /**
   * Returns an array that takes over its elements.
   *
   * @param name what messages call it
   * @param shape checked by the caller against the data, copied
   * @param data little-endian, in C order; not copied
   */
  static NdArray ofBytes(String name, ElementType type, long[] shape, byte[] data) {
    ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    return new NdArray(name, type, shape, buffer);
  }

  /** Returns the number of elements of a shape, or nothing if that is beyond a long. */
  static OptionalLong elements(long[] shape) {
    // An empty dimension makes the array empty, however large the other ones claim to be.
    if (Arrays.stream(shape).anyMatch(length -> length == 0)) {
      return OptionalLong.of(0);
    }
    long elements = 1;
    for (long length : shape) {
      if (length > Long.MAX_VALUE / elements) {
        return OptionalLong.empty();
      }
      elements *= length;
    }
    return OptionalLong.of(elements);
  }

  private static ByteBuffer allocate(ElementType type, int values, long[] shape) {
    if (shape.length > MAX_RANK || Arrays.stream(shape).anyMatch(length -> length < 0)) {
      throw new IllegalArgumentException(
          "shape %s is no shape: at most %d dimensions, none negative"
              .formatted(describe(shape), MAX_RANK));
    }
    if (elements(shape).orElse(-1) != values) {
      throw new IllegalArgumentException(
          "shape %s does not hold exactly %d elements".formatted(describe(shape), values));
    }
    if (values > MAX_BYTES / type.bytes()) {
      throw new IllegalArgumentException(
          "%d elements of %s take more than 2 GiB; split the array".formatted(values, type));
    }
    return ByteBuffer.allocate(values * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns what messages call this array: the file that it came from and its name therein. */
  public String name() {
    return name;
  }

  /** Returns the type of the elements. */
  public ElementType type() {
    return type;
  }

  /** Returns the length of each dimension, in a new array. */
  public long[] shape() {
    return shape.clone();
  }

  /** Returns the number of dimensions, 0 for a single element. */
  public int rank() {
    return shape.length;
  }

  /** Returns the number of elements. */
  public int size() {
    return data.capacity() / type.bytes();
  }

  /**
   * Returns the elements in C order as 32-bit floats, in a new array. Values between two floats are
   * rounded to the nearest, true is 1; NaN and infinities stay what they are.
   *
   * @throws ModelFormatException if a finite element is beyond the largest float
   */
  public float[] floats() throws ModelFormatException {
    float[] values = new float[size()];
    if (type == ElementType.FLOAT32) {
      buffer().asFloatBuffer().get(values);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = type.isInteger() ? integer(i) : narrow(i);
    }
    return values;
  }

  /**
   * Returns the elements in C order as 64-bit floats, in a new array. Exact but for whole numbers
   * beyond 2^53, which are rounded to the nearest; true is 1.
   */
  public double[] doubles() {
    double[] values = new double[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.isInteger() ? integer(i) : real(i);
    }
    return values;
  }

  /**
   * Returns the elements in C order as whole numbers, such as tokens, in a new array; true is 1.
   *
   * @throws ModelFormatException if the elements are not of an integer type, or one is beyond 32
   *     bits
   */
  public int[] ints() throws ModelFormatException {
    if (!type.isInteger()) {
      throw new ModelFormatException(
          "%s: holds %s where whole numbers are needed; store it with astype('int64')"
              .formatted(name, type));
    }
    int[] values = new int[size()];
    for (int i = 0; i < values.length; i++) {
      long value = integer(i);
      if (value != (int) value) {
        throw new ModelFormatException(
            "%s: element %s is %d, beyond the 32 bits of a token; store smaller numbers"
                .formatted(name, indexOf(i), value));
      }
      values[i] = (int) value;
    }
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NdArray array
        && type == array.type
        && Arrays.equals(shape, array.shape)
        && data.equals(array.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, Arrays.hashCode(shape), data);
  }

  /** Returns name, type and shape, such as {@code in.npz: x: float32 (3, 4)}. */
  @Override
  public String toString() {
    return "%s: %s %s".formatted(name, type, describe(shape));
  }

  /** Returns a shape as Python prints it, such as {@code (3,)}. */
  static String describe(long[] shape) {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < shape.length; i++) {
      text.append(i == 0 ? "" : ", ").append(shape[i]);
    }
    return text.append(shape.length == 1 ? ",)" : ")").toString();
  }

  /** Returns a read-only view of the elements, little-endian and in C order. */
  public ByteBuffer buffer() {
    return data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private float narrow(int i) throws ModelFormatException {
    double value = real(i);
    float narrowed = (float) value;
    if (Float.isInfinite(narrowed) && !Double.isInfinite(value)) {
      throw new ModelFormatException(
          "%s: element %s is %s, beyond the largest 32-bit float; scale the data"
              .formatted(name, indexOf(i), value));
    }
    return narrowed;
  }

  private double real(int i) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat(data.getShort(2 * i));
      case FLOAT32 -> data.getFloat(4 * i);
      case FLOAT64 -> data.getDouble(8 * i);
      case INT8, INT16, INT32, INT64, UINT8, BOOL -> throw new AssertionError(type);
    };
  }

  private long integer(int i) {
    return switch (type) {
      case INT8 -> data.get(i);
      case INT16 -> data.getShort(2 * i);
      case INT32 -> data.getInt(4 * i);
      case INT64 -> data.getLong(8 * i);
      case UINT8 -> Byte.toUnsignedInt(data.get(i));
      case BOOL -> data.get(i) == 0 ? 0 : 1;
      case FLOAT16, FLOAT32, FLOAT64 -> throw new AssertionError(type);
    };
  }

  private String indexOf(int i) {
    long[] index = new long[shape.length];
    long rest = i;
    for (int d = shape.length - 1; d >= 0; d--) {
      index[d] = rest % shape[d];
      rest /= shape[d];
    }
    return Arrays.toString(index);
  }
}
