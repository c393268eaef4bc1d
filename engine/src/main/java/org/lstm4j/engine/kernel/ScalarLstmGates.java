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
      MemorySegment bias,
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      MemorySegment c,
      long cOffset,
      MemorySegment h,
      long hOffset) {
    activate(bias, fromInput, fromInputOffset, fromHidden);
    for (int unit = 0; unit < blocks * lanes; unit++) {
      long place = (long) unit * Float.BYTES;
      float i = gate(fromHidden, unit, 0);
      float f = gate(fromHidden, unit, 1);
      float g = gate(fromHidden, unit, 2);
      float o = gate(fromHidden, unit, 3);
      float cell = ScalarMath.fma(f, c.get(JAVA_FLOAT, cOffset + place), i * g);
      cell = Subnormals.flush(cell);
      c.set(JAVA_FLOAT, cOffset + place, cell);
      h.set(JAVA_FLOAT, hOffset + place, Subnormals.flush(o * ScalarMath.tanh(cell)));
    }
  }

  private void activate(
      MemorySegment bias, MemorySegment fromInput, long fromInputOffset, MemorySegment gates) {
    for (int index = 0; index < blocks * GATES * lanes; index++) {
      long place = (long) index * Float.BYTES;
      float scale = index / lanes % GATES == CELL_GATE ? 1f : 0.5f;
      float p = bias.get(JAVA_FLOAT, place) + fromInput.get(JAVA_FLOAT, fromInputOffset + place);
      p += gates.get(JAVA_FLOAT, place);
      gates.set(JAVA_FLOAT, place, ScalarMath.fma(ScalarMath.tanh(scale * p), scale, 1 - scale));
    }
  }

  private float gate(MemorySegment gates, int unit, int gate) {
    int index = (unit / lanes * GATES + gate) * lanes + unit % lanes;
    return gates.getAtIndex(JAVA_FLOAT, index);
  }
}
