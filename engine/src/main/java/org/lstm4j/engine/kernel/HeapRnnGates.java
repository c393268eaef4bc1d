// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Scalar gates over arrays, for the reason that {@link HeapProduct} gives. Bound to one thread;
 * equal to the bit to {@link ScalarRnnGates}.
 */
final class HeapRnnGates implements RnnGates {
  private final Shape shape;
  private final float[] fromInput;
  private final float[] h;

  HeapRnnGates(Shape shape) {
    this.shape = shape;
    this.fromInput = new float[shape.rows().rowFloats()];
    this.h = new float[shape.rows().rowFloats()];
  }

  @Override
  public void apply(
      MemorySegment fromInputRow,
      long fromInputOffset,
      MemorySegment fromHiddenRow,
      long fromHiddenOffset,
      MemorySegment state,
      long stateOffset,
      MemorySegment hRow,
      long hOffset,
      int firstBlock,
      int endBlock) {
    int lanes = shape.rows().lanes();
    int count = (Math.min(endBlock, shape.rows().blocks()) - firstBlock) * lanes;
    if (count <= 0) {
      return;
    }
    long first = (long) firstBlock * lanes * Float.BYTES;
    MemorySegment.copy(fromInputRow, JAVA_FLOAT, fromInputOffset + first, fromInput, 0, count);
    MemorySegment.copy(fromHiddenRow, JAVA_FLOAT, fromHiddenOffset + first, h, 0, count);
    for (int unit = 0; unit < count; unit++) {
      h[unit] = ScalarRnnGates.hidden(shape.function(), fromInput[unit] + h[unit]);
    }
    MemorySegment.copy(h, 0, hRow, JAVA_FLOAT, hOffset + first, count);
  }
}
