// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.lstm4j.tools.checkpoint.Elements;

/** Lays the elements of a view out row-major and in native byte order. */
final class StridedCopy {
  private final TensorView view;
  private final MemorySegment storage;
  private final ByteOrder order;
  private final MemorySegment target;
  private long written;

  private StridedCopy(
      TensorView view, MemorySegment storage, ByteOrder order, MemorySegment target) {
    this.view = view;
    this.storage = storage;
    this.order = order;
    this.target = target;
  }

  /**
   * Copies a view that has elements and lies inside its storage.
   *
   * @param order the storage's byte order
   * @param target exactly as large as the view's elements
   */
  static void copy(TensorView view, MemorySegment storage, ByteOrder order, MemorySegment target) {
    new StridedCopy(view, storage, order, target).copy(0, view.offset());
  }

  /**
   * Copies what lies at one index of each of the dimensions before this one.
   *
   * @param element the storage's index of its first element
   */
  private void copy(int dimension, long element) {
    int dimensions = view.shape().length;
    if (dimension == dimensions) {
      copyRow(element, 1, 1);
    } else if (dimension == dimensions - 1) {
      copyRow(element, view.strides()[dimension], view.shape()[dimension]);
    } else {
      for (long i = 0; i < view.shape()[dimension]; i++) {
        copy(dimension + 1, element + i * view.strides()[dimension]);
      }
    }
  }

  private void copyRow(long element, long stride, long count) {
    Elements.gather(storage, order, view.dtype(), element, stride, target, written, count);
    written += count;
  }
}
