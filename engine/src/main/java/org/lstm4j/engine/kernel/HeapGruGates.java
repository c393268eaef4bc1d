// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Scalar gates over arrays, for the reason that {@link HeapProduct} gives. Bound to one thread;
 * equal to the bit to {@link ScalarGruGates}, but leaves {@code fromHidden} as it is.
 */
final class HeapGruGates implements GruGates {
  private final int blocks;
  private final int lanes;
  private final float[] fromInput;
  private final float[] fromHidden;
  private final float[] h;

  HeapGruGates(PackedGates layout) {
    this.blocks = layout.blocks();
    this.lanes = layout.lanes();
    this.fromInput = new float[layout.rowFloats()];
    this.fromHidden = new float[layout.rowFloats()];
    this.h = new float[blocks * lanes];
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
    int first = firstBlock * lanes;
    int count = Math.min(endBlock, blocks) * lanes - first;
    if (count <= 0) {
      return;
    }
    long gateBytes = (long) first * GATES * Float.BYTES;
    long unitBytes = (long) first * Float.BYTES;
    int gates = count * GATES;
    MemorySegment.copy(fromInputRow, JAVA_FLOAT, fromInputOffset + gateBytes, fromInput, 0, gates);
    MemorySegment.copy(
        fromHiddenRow, JAVA_FLOAT, fromHiddenOffset + gateBytes, fromHidden, 0, gates);
    MemorySegment.copy(state, JAVA_FLOAT, stateOffset + unitBytes, h, 0, count);
    update(count);
    MemorySegment.copy(h, 0, hRow, JAVA_FLOAT, hOffset + unitBytes, count);
  }

  private void update(int count) {
    for (int unit = 0; unit < count; unit++) {
      int i = unit / lanes * GATES * lanes + unit % lanes;
      float r = ScalarGruGates.sigmoid(fromInput[i] + fromHidden[i]);
      float z = ScalarGruGates.sigmoid(fromInput[i + lanes] + fromHidden[i + lanes]);
      int candidate = i + 2 * lanes;
      h[unit] = ScalarGruGates.hidden(fromInput[candidate], fromHidden[candidate], r, z, h[unit]);
    }
  }
}
