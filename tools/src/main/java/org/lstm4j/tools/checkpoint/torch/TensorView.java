// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.Shapes;

/**
 * A tensor over a storage: element (i, j, ...) is element offset + i * stride[0] + j * stride[1] +
 * ... of a storage. Not a record: compared by identity, since its arrays are not shared with
 * anyone.
 */
final class TensorView {
  private final StorageReference storage;
  private final long offset;
  private final long[] shape;
  private final long[] strides;

  private TensorView(StorageReference storage, long offset, long[] shape, long[] strides) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /**
   * Reads a tensor as the pickle describes it.
   *
   * @param name for sentences
   * @throws Refusal if the description is not one
   */
  static TensorView of(PickledTensor pickled, String name) {
    Object[] arguments = pickled.arguments();
    Refusal.require(
        arguments.length >= 4 && arguments[0] instanceof StorageReference,
        "describes %s without its storage in data.pkl; the file is damaged",
        name);
    TensorView view =
        new TensorView(
            (StorageReference) arguments[0],
            Integers.nonNegative(arguments[1], "the offset of " + name),
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

  StorageReference storage() {
    return storage;
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
    long bytes = Shapes.byteSize(shape, storage.dtype().bytes(), name);
    if (bytes > 0) {
      Refusal.require(
          lastElement() < storage.size(),
          "%s reaches beyond its storage of %d elements; the file is damaged",
          name,
          storage.size());
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
