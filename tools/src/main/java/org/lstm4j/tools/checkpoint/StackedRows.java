// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.StoredTensor;

/**
 * Stacks rows that come from several tensors, or from one in another order, the way in which
 * PyTorch stacks the gates of a recurrent layer. Elements are moved as bits. Used once; not
 * thread-safe.
 */
public final class StackedRows {
  private final String dict;
  private final String name;
  private final DType dtype;
  private final long[] shape;
  private final long columns;
  private final MemorySegment data;
  private long filled;

  /**
   * Room for a tensor, zeros so far.
   *
   * @param dict see {@link StoredTensor#dict()}
   * @param name see {@link StoredTensor#name()}
   * @param shape of a matrix or a vector
   */
  public StackedRows(String dict, String name, DType dtype, TensorMemory memory, long... shape) {
    this.dict = dict;
    this.name = name;
    this.dtype = dtype;
    this.shape = shape.clone();
    this.columns = shape.length == 1 ? 1 : shape[1];
    this.data = memory.allocate(Shapes.byteSize(shape, dtype.bytes(), name), name);
  }

  /**
   * Adds rows below those that are there.
   *
   * @param source of the same type
   * @param start index of the first element among the source's
   * @param rowStride from a row to the next, in elements of the source
   * @param columnStride from a column to the next, in elements of the source
   * @param rows how many
   */
  public StackedRows add(
      StoredTensor source, long start, long rowStride, long columnStride, long rows) {
    for (long row = 0; row < rows; row++) {
      Elements.gather(
          source.data(),
          ByteOrder.nativeOrder(),
          dtype,
          start + row * rowStride,
          columnStride,
          data,
          (filled + row) * columns,
          columns);
    }
    filled += rows;
    return this;
  }

  /** The tensor; rows that were not added are zeros. */
  public StoredTensor tensor() {
    return new StoredTensor(dict, name, dtype, shape, data);
  }
}
