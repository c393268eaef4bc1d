// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.lstm4j.engine.kernel.ScalarMath;

/**
 * A buffer of feature vectors, one row for each time step and batch row: row {@code step * batch +
 * batchRow}.
 *
 * <p>Rows start at 64-byte offsets and have room behind their features for a whole vector of the
 * widest kind, because kernels write whole vectors; what is there is never read.
 *
 * @param data the rows
 * @param features floats of a row that count
 * @param stride bytes from one row to the next
 */
public record Rows(MemorySegment data, int features, long stride) {
  private static final int MAX_LANES = 16;
  private static final long ALIGNMENT = 64;

  /** Zeroed rows. */
  public static Rows allocate(SegmentAllocator allocator, long rows, int features) {
    long stride = (features + 2L * MAX_LANES - 2) / MAX_LANES * MAX_LANES * Float.BYTES;
    return new Rows(
        allocator.allocate(Math.multiplyExact(stride, rows), ALIGNMENT), features, stride);
  }

  /** The byte offset of a row. */
  public long offset(long row) {
    return row * stride;
  }

  /** {@return a feature of a row} */
  public float get(long row, int feature) {
    return data.get(JAVA_FLOAT, offset(row) + (long) feature * Float.BYTES);
  }

  /** Sets a feature of a row. */
  public void set(long row, int feature, float value) {
    data.set(JAVA_FLOAT, offset(row) + (long) feature * Float.BYTES, value);
  }

  /** Adds a row of others, times a factor, to a row. */
  public void add(long row, float factor, Rows others, long otherRow) {
    for (int i = 0; i < features; i++) {
      set(row, i, ScalarMath.fma(factor, others.get(otherRow, i), get(row, i)));
    }
  }

  /** Sets a row to zero. */
  public void clear(long row) {
    for (long at = offset(row); at < offset(row + 1); at += Float.BYTES) {
      data.set(JAVA_FLOAT, at, 0f);
    }
  }
}
