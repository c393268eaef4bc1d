// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorGruGates}: oracle in tests, and what runs without vectors. */
final class ScalarGruGates implements GruGates {
  private final int blocks;
  private final int lanes;

  ScalarGruGates(PackedGates layout) {
    this.blocks = layout.blocks();
    this.lanes = layout.lanes();
  }

  @Override
  public void apply(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment state,
      long stateOffset,
      MemorySegment h,
      long hOffset,
      int firstBlock,
      int endBlock) {
    for (int unit = firstBlock * lanes; unit < Math.min(endBlock, blocks) * lanes; unit++) {
      long first = (long) (unit / lanes * GATES * lanes + unit % lanes) * Float.BYTES;
      long second = first + (long) lanes * Float.BYTES;
      long third = second + (long) lanes * Float.BYTES;
      float r =
          sigmoid(
              fromInput.get(JAVA_FLOAT, fromInputOffset + first)
                  + fromHidden.get(JAVA_FLOAT, fromHiddenOffset + first));
      float z =
          sigmoid(
              fromInput.get(JAVA_FLOAT, fromInputOffset + second)
                  + fromHidden.get(JAVA_FLOAT, fromHiddenOffset + second));
      fromHidden.set(JAVA_FLOAT, fromHiddenOffset + first, r);
      fromHidden.set(JAVA_FLOAT, fromHiddenOffset + second, z);
      long place = (long) unit * Float.BYTES;
      h.set(
          JAVA_FLOAT,
          hOffset + place,
          hidden(
              fromInput.get(JAVA_FLOAT, fromInputOffset + third),
              fromHidden.get(JAVA_FLOAT, fromHiddenOffset + third),
              r,
              z,
              state.get(JAVA_FLOAT, stateOffset + place)));
    }
  }

  static float sigmoid(float p) {
    return ScalarMath.halfTanh(p * 0.25f) + 0.5f;
  }

  /** The next h, from both sides of the candidate's pre-activation, the gates and h. */
  static float hidden(float fromInput, float fromHidden, float r, float z, float before) {
    float y = ScalarMath.halfTanh(ScalarMath.fma(r, fromHidden, fromInput) * 0.5f);
    float n = y + y;
    return Subnormals.flush(ScalarMath.fma(z, before - n, n));
  }
}
