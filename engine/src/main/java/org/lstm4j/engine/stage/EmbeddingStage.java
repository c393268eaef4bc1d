// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** Turns tokens into rows of a table. */
public final class EmbeddingStage extends RowStage {
  private final MemorySegment tokens;
  private final MemorySegment table;

  /**
   * Lays the stage out.
   *
   * @param tokens one int a row, each in [0, table rows)
   * @param table [table rows, embeddingDim], row-major
   */
  public EmbeddingStage(
      MemorySegment tokens,
      MemorySegment table,
      int embeddingDim,
      SegmentAllocator allocator,
      long maxRows) {
    super(allocator, maxRows, embeddingDim);
    this.tokens = tokens;
    this.table = table;
  }

  @Override
  void compute(int row) {
    long rowBytes = (long) output.features() * Float.BYTES;
    long source = tokens.getAtIndex(JAVA_INT, row) * rowBytes;
    MemorySegment.copy(table, source, output.data(), output.offset(row), rowBytes);
  }
}
