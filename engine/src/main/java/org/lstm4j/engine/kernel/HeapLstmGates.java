// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Scalar gates over arrays, for the reason that {@link HeapProduct} gives. Bound to one thread;
 * equal to the bit to {@link ScalarLstmGates}, but leaves {@code fromHidden} as it is.
 */
final class HeapLstmGates implements LstmGates {
  private final int blocks;
  private final int lanes;
  private final float[] gates;
  private final float[] fromHidden;
  private final float[] c;
  private final float[] h;

  HeapLstmGates(PackedGates layout) {
    this.blocks = layout.blocks();
    this.lanes = layout.lanes();
    this.gates = new float[layout.rowFloats()];
    this.fromHidden = new float[layout.rowFloats()];
    this.c = new float[blocks * lanes];
    this.h = new float[blocks * lanes];
  }

  @Override
  public void apply(
      MemorySegment fromInputRow,
      long fromInputOffset,
      MemorySegment fromHiddenRow,
      long fromHiddenOffset,
      MemorySegment cRow,
      long cOffset,
      MemorySegment hRow,
      long hOffset,
      int firstBlock,
      int endBlock) {
    int first = firstBlock * lanes;
    int count = Math.min(endBlock, blocks) * lanes - first;
    if (count <= 0) {
      return;
    }
    long gateBytes = (long) first * GATES * Float.BYTES;
    long unitBytes = (long) first * Float.BYTES;
    int gateCount = count * GATES;
    MemorySegment.copy(fromInputRow, JAVA_FLOAT, fromInputOffset + gateBytes, gates, 0, gateCount);
    MemorySegment.copy(
        fromHiddenRow, JAVA_FLOAT, fromHiddenOffset + gateBytes, fromHidden, 0, gateCount);
    MemorySegment.copy(cRow, JAVA_FLOAT, cOffset + unitBytes, c, 0, count);
    activate(gateCount);
    update(count);
    MemorySegment.copy(c, 0, cRow, JAVA_FLOAT, cOffset + unitBytes, count);
    MemorySegment.copy(h, 0, hRow, JAVA_FLOAT, hOffset + unitBytes, count);
  }

  private void activate(int count) {
    for (int i = 0; i < count; i++) {
      float p = gates[i] + fromHidden[i];
      boolean cell = i / lanes % GATES == CELL_GATE;
      float z = ScalarMath.halfTanh(p * (cell ? 0.5f : 0.25f));
      gates[i] = ScalarMath.fma(z, cell ? 2f : 1f, cell ? 0f : 0.5f);
    }
  }

  private void update(int count) {
    for (int unit = 0; unit < count; unit++) {
      int i = unit / lanes * GATES * lanes + unit % lanes;
      float ig = gates[i] * gates[i + 2 * lanes];
      float cell = Subnormals.flush(ScalarMath.fma(gates[i + lanes], c[unit], ig));
      float o = gates[i + 3 * lanes];
      c[unit] = cell;
      h[unit] = Subnormals.flush((o + o) * ScalarMath.halfTanh(cell * 0.5f));
    }
  }
}
