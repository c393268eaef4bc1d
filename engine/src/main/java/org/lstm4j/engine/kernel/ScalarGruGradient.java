// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorGruGradient}. */
final class ScalarGruGradient implements GruGradient {
  private final int units;
  private final int lanes;

  ScalarGruGradient(PackedGates layout) {
    this.units = layout.blocks() * layout.lanes();
    this.lanes = layout.lanes();
  }

  @Override
  public void apply(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment gates,
      long gatesOffset,
      MemorySegment before,
      long beforeOffset,
      MemorySegment after,
      long afterOffset,
      MemorySegment fromAbove,
      long fromAboveOffset,
      MemorySegment fromNext,
      long fromNextOffset,
      MemorySegment carry,
      long carryOffset) {
    long next = (long) lanes * Float.BYTES;
    for (int unit = 0; unit < units; unit++) {
      long place = (long) unit * Float.BYTES;
      long gate = (long) (unit / lanes * GruGates.GATES * lanes + unit % lanes) * Float.BYTES;
      float r = gates.get(JAVA_FLOAT, gatesOffset + gate);
      float z = gates.get(JAVA_FLOAT, gatesOffset + gate + next);
      float b = gates.get(JAVA_FLOAT, gatesOffset + gate + 2 * next);
      float a = fromInput.get(JAVA_FLOAT, fromInputOffset + gate + 2 * next);
      float half = ScalarMath.halfTanh(ScalarMath.fma(r, b, a) * 0.5f);
      float n = half + half;
      float dh =
          fromAbove.get(JAVA_FLOAT, fromAboveOffset + place)
              + fromNext.get(JAVA_FLOAT, fromNextOffset + place)
              + carry.get(JAVA_FLOAT, carryOffset + place);
      float dn = dh * (1 - z) * ScalarMath.tanhSlope(n);
      float distance = before.get(JAVA_FLOAT, beforeOffset + place) - n;
      float dz = dh * distance * ScalarMath.sigmoidSlope(z);
      float dr = dn * b * ScalarMath.sigmoidSlope(r);
      fromInput.set(JAVA_FLOAT, fromInputOffset + gate, dr);
      fromInput.set(JAVA_FLOAT, fromInputOffset + gate + next, dz);
      fromInput.set(JAVA_FLOAT, fromInputOffset + gate + 2 * next, dn);
      gates.set(JAVA_FLOAT, gatesOffset + gate, dr);
      gates.set(JAVA_FLOAT, gatesOffset + gate + next, dz);
      gates.set(JAVA_FLOAT, gatesOffset + gate + 2 * next, dn * r);
      carry.set(JAVA_FLOAT, carryOffset + place, Subnormals.flush(dh * z));
    }
  }
}
