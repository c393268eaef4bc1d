// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.lstm4j.engine.Tensor;

/**
 * A tensor of a checkpoint with its elements as they were stored. Immutable; may be used from any
 * thread.
 */
public final class StoredTensor {
  private final String dict;
  private final String name;
  private final DType dtype;
  private final long[] shape;
  private final MemorySegment data;

  /**
   * A tensor over the caller's memory, not copied.
   *
   * @param dict see {@link #dict()}
   * @param name see {@link #name()}
   * @param data see {@link #data()}; must stay alive and unchanged
   * @throws IllegalArgumentException if the shape does not fill the segment exactly
   */
  public StoredTensor(String dict, String name, DType dtype, long[] shape, MemorySegment data) {
    this.dict = Objects.requireNonNull(dict, "dict");
    this.name = Objects.requireNonNull(name, "name");
    this.dtype = Objects.requireNonNull(dtype, "dtype");
    this.shape = shape.clone();
    this.data = data.asReadOnly();
    if (data.byteSize() % dtype.bytes() != 0
        || Tensor.sizeOf(shape) != data.byteSize() / dtype.bytes()) {
      throw new IllegalArgumentException(
          "%s of shape %s needs other than %d bytes of %s"
              .formatted(name, Arrays.toString(shape), data.byteSize(), dtype));
    }
  }

  /**
   * Where in the checkpoint's nested dicts the tensor was found: their keys joined by dots, for
   * example {@code model_state_dict}; empty for the outermost, and in containers without nesting.
   */
  public String dict() {
    return dict;
  }

  /** The key in that dict, for example {@code lstm.weight_ih_l0}. */
  public String name() {
    return name;
  }

  /** Dict and name, joined by a dot. */
  public String path() {
    return dict.isEmpty() ? name : dict + "." + name;
  }

  /** The type of the elements. */
  public DType dtype() {
    return dtype;
  }

  /** The size of each dimension, none for a scalar; a copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** The number of elements. */
  public long size() {
    return data.byteSize() / dtype.bytes();
  }

  /** The elements in row-major order and native byte order, read-only, of any alignment. */
  public MemorySegment data() {
    return data;
  }

  /**
   * The tensor in float32. float32 elements are shared, not copied; float16 and bfloat16 widen
   * exactly; float64 rounds to nearest, and beyond float32's range to infinity.
   *
   * @throws IllegalStateException if the elements are not floating-point numbers
   */
  public Tensor toTensor() {
    if (!dtype.isFloatingPoint()) {
      throw new IllegalStateException(this + " does not hold floating-point numbers");
    }
    return Tensor.wrap(Float32.of(dtype, data), shape);
  }

  @Override
  public String toString() {
    return "%s %s %s".formatted(path(), dtype, Arrays.toString(shape));
  }
}
