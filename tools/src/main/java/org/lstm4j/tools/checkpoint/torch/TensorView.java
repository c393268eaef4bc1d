// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.Arrays;
import java.util.Optional;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.Shapes;

/**
 * A tensor over a storage: element (i, j, ...) is element offset + i * stride[0] + j * stride[1] +
 * ... of a storage. Not a record: compared by identity, since its arrays are not shared with
 * anyone.
 */
final class TensorView {
  private final DType dtype;
  private final long elements;
  private final long offset;
  private final long[] shape;
  private final long[] strides;

  private TensorView(DType dtype, long elements, long offset, long[] shape, long[] strides) {
    this.dtype = dtype;
    this.elements = elements;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /**
   * Reads a tensor as the pickle describes it.
   *
   * @param name for sentences
   * @throws Refusal if the description is not one, or the elements are of a type that is not read
   */
  static TensorView of(PickledTensor pickled, String name) {
    Object[] arguments = pickled.arguments();
    Refusal.require(
        arguments.length >= 4 && arguments[0] instanceof StorageReference,
        "describes %s without its storage in its pickle; the file is damaged",
        name);
    StorageReference storage = (StorageReference) arguments[0];
    Refusal.require(
        !storage.location().equals("meta"),
        "has no elements for %s, since it was on the device 'meta'; load the weights before saving",
        name);
    DType dtype = dtype(pickled, storage, name);
    long first = bytes(storage.offset(), storage) / dtype.bytes();
    long offset = Integers.nonNegative(arguments[1], "the offset of " + name);
    Refusal.require(
        offset <= Long.MAX_VALUE - first,
        "%s begins beyond its storage; the file is damaged",
        name);
    TensorView view =
        new TensorView(
            dtype,
            first + bytes(storage.viewSize(), storage) / dtype.bytes(),
            first + offset,
            Integers.tuple(arguments[2], Shapes.MAX_DIMENSIONS, "the shape of " + name),
            Integers.tuple(arguments[3], Shapes.MAX_DIMENSIONS, "the strides of " + name));
    Refusal.require(
        view.shape.length == view.strides.length,
        "describes %s by %d dimensions with %d strides; the file is damaged",
        name,
        view.shape.length,
        view.strides.length);
    return view;
  }

  private static long bytes(long elements, StorageReference storage) {
    int elementBytes = storage.elementBytes();
    Refusal.require(
        elements <= Long.MAX_VALUE / elementBytes,
        "claims more bytes for the storage %s than a machine can address; the file is damaged",
        storage.key());
    return elements * elementBytes;
  }

  private static DType dtype(PickledTensor pickled, StorageReference storage, String name) {
    Optional<DType> dtype =
        switch (pickled.dtype().orElse(null)) {
          case null ->
              storage.type() instanceof PickleGlobal.StorageType type
                  ? type.dtype()
                  : Optional.empty();
          case String named ->
              Arrays.stream(DType.values())
                  .filter(value -> named.equals("torch." + value))
                  .findFirst();
        };
    return dtype.orElseThrow(() ->
        new Refusal(
            "stores %s as %s, which is not supported; convert it to float32 and save again",
            name, pickled.dtype().orElse(storage.type().name())));
  }

  /** All of an array: row-major, or column-major. */
  static TensorView of(long[] shape, boolean columnMajor, DType dtype) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = 0; i < shape.length; i++) {
      int dimension = columnMajor ? i : shape.length - 1 - i;
      strides[dimension] = step;
      step *= shape[dimension];
    }
    return new TensorView(dtype, step, 0, shape, strides);
  }

  /** How many elements the storage has, up to the end of what the tensor may view. */
  long storageElements() {
    return elements;
  }

  /** The type of the elements. */
  DType dtype() {
    return dtype;
  }

  long offset() {
    return offset;
  }

  long[] shape() {
    return shape;
  }

  long[] strides() {
    return strides;
  }

  /**
   * The bytes that its elements take, each counted, wherever it lies in the storage.
   *
   * @param name for a sentence
   * @throws Refusal if an element lies outside the storage
   */
  long requireInside(String name) {
    long bytes = Shapes.byteSize(shape, dtype.bytes(), name);
    if (bytes > 0) {
      Refusal.require(
          lastElement() < elements,
          "%s reaches beyond its storage of %d elements; the file is damaged",
          name,
          elements);
    }
    return bytes;
  }

  /** The storage's element that is furthest from its start; saturates. */
  private long lastElement() {
    long last = offset;
    for (int i = 0; i < shape.length; i++) {
      long steps = shape[i] - 1;
      if (steps > 0 && strides[i] > (Long.MAX_VALUE - last) / steps) {
        return Long.MAX_VALUE;
      }
      last += steps * strides[i];
    }
    return last;
  }

  /** Whether the elements lie row-major and without gaps. */
  boolean isContiguous() {
    long expected = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] != 1 && strides[i] != expected) {
        return false;
      }
      expected *= shape[i];
    }
    return true;
  }
}
