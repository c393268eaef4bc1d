// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorLstmGradient}. */
final class ScalarLstmGradient implements LstmGradient {
  private final int units;
  private final int lanes;

  ScalarLstmGradient(PackedGates layout) {
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
    for (int unit = 0; unit < units; unit++) {
      long place = (long) unit * Float.BYTES;
      long gate = gatesOffset + (long) (unit / lanes * 4 * lanes + unit % lanes) * Float.BYTES;
      long next = (long) lanes * Float.BYTES;
      float i = gates.get(JAVA_FLOAT, gate);
      float f = gates.get(JAVA_FLOAT, gate + next);
      float g = gates.get(JAVA_FLOAT, gate + 2 * next);
      float o = gates.get(JAVA_FLOAT, gate + 3 * next);
      float half = ScalarMath.halfTanh(after.get(JAVA_FLOAT, afterOffset + place) * 0.5f);
      float t = half + half;
      float dh =
          fromAbove.get(JAVA_FLOAT, fromAboveOffset + place)
              + fromNext.get(JAVA_FLOAT, fromNextOffset + place);
      float dc =
          ScalarMath.fma(
              dh * o, ScalarMath.tanhSlope(t), carry.get(JAVA_FLOAT, carryOffset + place));
      gates.set(JAVA_FLOAT, gate, dc * g * ScalarMath.sigmoidSlope(i));
      gates.set(
          JAVA_FLOAT,
          gate + next,
          dc * before.get(JAVA_FLOAT, beforeOffset + place) * ScalarMath.sigmoidSlope(f));
      gates.set(JAVA_FLOAT, gate + 2 * next, dc * i * ScalarMath.tanhSlope(g));
      gates.set(JAVA_FLOAT, gate + 3 * next, dh * t * ScalarMath.sigmoidSlope(o));
      carry.set(JAVA_FLOAT, carryOffset + place, Subnormals.flush(dc * f));
    }
  }
}
