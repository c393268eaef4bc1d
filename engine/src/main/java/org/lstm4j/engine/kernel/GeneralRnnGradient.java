// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The way back through {@link GeneralRnn}: the gradient of h' times the function's derivative. */
final class GeneralRnnGradient implements CellGradient {
  private final GeneralRnn cell;
  private final Derivative derivative;

  GeneralRnnGradient(GeneralRnn cell, Derivative derivative) {
    this.cell = cell;
    this.derivative = derivative;
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
    for (int unit = 0; unit < cell.units; unit++) {
      long at = (long) unit * Float.BYTES;
      float p =
          fromInput.get(JAVA_FLOAT, fromInputOffset + at) + gates.get(JAVA_FLOAT, gatesOffset + at);
      float dh =
          fromAbove.get(JAVA_FLOAT, fromAboveOffset + at)
              + fromNext.get(JAVA_FLOAT, fromNextOffset + at);
      gates.set(JAVA_FLOAT, gatesOffset + at, Subnormals.flush(dh * derivative.at(p)));
    }
  }
}
