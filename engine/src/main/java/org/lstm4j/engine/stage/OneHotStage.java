// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** Turns tokens into vectors of zeros with a one at the token's place. */
public final class OneHotStage extends RowStage {
  private final MemorySegment tokens;

  /**
   * Lays the stage out.
   *
   * @param tokens one int a row, each in [0, classes)
   */
  public OneHotStage(MemorySegment tokens, int classes, SegmentAllocator allocator, long maxRows) {
    super(allocator, maxRows, classes);
    this.tokens = tokens;
  }

  @Override
  void compute(int row) {
    long offset = output.offset(row);
    for (int i = 0; i < output.features(); i++) {
      output.data().set(JAVA_FLOAT, offset + (long) i * Float.BYTES, 0f);
    }
    int token = tokens.getAtIndex(JAVA_INT, row);
    output.data().set(JAVA_FLOAT, offset + (long) token * Float.BYTES, 1f);
  }
}
