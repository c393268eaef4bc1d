// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorLstmGates}: oracle in tests, and what runs without vectors. */
final class ScalarLstmGates implements LstmGates {
  private final int blocks;
  private final int lanes;

  ScalarLstmGates(PackedGates layout) {
    this.blocks = layout.blocks();
    this.lanes = layout.lanes();
  }

  @Override
  public void apply(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment c,
      long cOffset,
      MemorySegment h,
      long hOffset,
      int firstBlock,
      int endBlock) {
    int end = Math.min(endBlock, blocks);
    for (int index = firstBlock * GATES * lanes; index < end * GATES * lanes; index++) {
      long place = (long) index * Float.BYTES;
      float p = fromInput.get(JAVA_FLOAT, fromInputOffset + place);
      p += fromHidden.get(JAVA_FLOAT, fromHiddenOffset + place);
      boolean cell = index / lanes % GATES == CELL_GATE;
      float z = ScalarMath.halfTanh(p * (cell ? 0.5f : 0.25f));
      float gate = z + (cell ? z : 0.5f);
      fromHidden.set(JAVA_FLOAT, fromHiddenOffset + place, gate);
    }
    for (int unit = firstBlock * lanes; unit < end * lanes; unit++) {
      long place = (long) unit * Float.BYTES;
      float i = gate(fromHidden, fromHiddenOffset, unit, 0);
      float f = gate(fromHidden, fromHiddenOffset, unit, 1);
      float g = gate(fromHidden, fromHiddenOffset, unit, 2);
      float o = gate(fromHidden, fromHiddenOffset, unit, 3);
      float cell = ScalarMath.fma(f, c.get(JAVA_FLOAT, cOffset + place), i * g);
      cell = Subnormals.flush(cell);
      c.set(JAVA_FLOAT, cOffset + place, cell);
      h.set(
          JAVA_FLOAT,
          hOffset + place,
          Subnormals.flush((o + o) * ScalarMath.halfTanh(cell * 0.5f)));
    }
  }

  private float gate(MemorySegment gates, long offset, int unit, int gate) {
    int index = (unit / lanes * GATES + gate) * lanes + unit % lanes;
    return gates.get(JAVA_FLOAT, offset + (long) index * Float.BYTES);
  }
}
