// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorRnnGradient}. */
final class ScalarRnnGradient implements RnnGradient {
  private final RnnGates.Shape shape;

  ScalarRnnGradient(RnnGates.Shape shape) {
    this.shape = shape;
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
    for (int unit = 0; unit < shape.rows().rowFloats(); unit++) {
      long place = (long) unit * Float.BYTES;
      float h = after.get(JAVA_FLOAT, afterOffset + place);
      float dh =
          fromAbove.get(JAVA_FLOAT, fromAboveOffset + place)
              + fromNext.get(JAVA_FLOAT, fromNextOffset + place);
      float d =
          switch (shape.function()) {
            case TANH -> dh * ScalarMath.tanhSlope(h);
            case SIGMOID -> dh * ScalarMath.sigmoidSlope(h);
            case RELU -> h <= 0 ? 0 : dh;
          };
      gates.set(JAVA_FLOAT, gatesOffset + place, Subnormals.flush(d));
    }
  }
}
