// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** Turns tokens into vectors of zeros with a one at the token's place. */
public final class OneHotStage implements Stage {
  private final MemorySegment tokens;
  private final Rows output;

  /**
   * Lays the stage out.
   *
   * @param tokens one int a row, each in [0, classes)
   */
  public OneHotStage(MemorySegment tokens, int classes, SegmentAllocator allocator, long maxRows) {
    this.tokens = tokens;
    this.output = Rows.allocate(allocator, maxRows, classes);
  }

  @Override
  public Rows output() {
    return output;
  }

  @Override
  public int forward(int steps, int batch) {
    int rows = steps * batch;
    for (int row = 0; row < rows; row++) {
      long offset = output.offset(row);
      for (int i = 0; i < output.features(); i++) {
        output.data().set(JAVA_FLOAT, offset + (long) i * Float.BYTES, 0f);
      }
      int token = tokens.getAtIndex(JAVA_INT, row);
      output.data().set(JAVA_FLOAT, offset + (long) token * Float.BYTES, 1f);
    }
    return steps;
  }
}
