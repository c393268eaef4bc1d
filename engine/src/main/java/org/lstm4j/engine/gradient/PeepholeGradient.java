// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.lstm4j.engine.stage.Lengths;
import org.lstm4j.engine.stage.Segment;
import org.lstm4j.engine.stage.StepTape;

/**
 * The gradient of the peepholes of one direction of an LSTM: that of i and f is summed up with the
 * cell state before each step, that of o with the one after it, in double precision.
 */
final class PeepholeGradient {
  private final StepTape tape;
  private final Lengths lengths;
  private final int units;

  /** Gates that see the cell state; all but the candidate. */
  private final int gates;

  private final double[] sums;

  /**
   * Zeros.
   *
   * @param gates gates that see the cell state: i, f, o or i, o
   */
  PeepholeGradient(StepTape tape, Lengths lengths, int units, int gates) {
    this.tape = tape;
    this.lengths = lengths;
    this.units = units;
    this.gates = gates;
    this.sums = new double[gates * units];
  }

  int units() {
    return units;
  }

  /** Adds what the steps of a segment give, for some units. */
  void add(Segment segment, int firstUnit, int endUnit) {
    for (int index = segment.first(); index < segment.end(); index++) {
      int step = segment.step(index);
      for (int b = 0; b < segment.batch(); b++) {
        if (step < lengths.of(b, segment.windowSteps())) {
          long row = segment.kept((long) step * segment.batch() + b);
          long before = segment.cellBefore(index, b);
          for (int gate = 0; gate < gates - 1; gate++) {
            add(row, gate, gate, before, firstUnit, endUnit);
          }
          // o stands behind the candidate, which has no peephole.
          add(row, gates - 1, gates, segment.cellAfter(index, b), firstUnit, endUnit);
        }
      }
    }
  }

  private void add(long row, int peephole, int gate, long cellRow, int first, int end) {
    MemorySegment c = tape.cellStates().data();
    long cOffset = tape.cellStates().offset(cellRow);
    MemorySegment d = tape.gates().data();
    long dOffset = tape.gates().offset(row) + (long) gate * units * Float.BYTES;
    for (int unit = first; unit < end; unit++) {
      long at = (long) unit * Float.BYTES;
      sums[peephole * units + unit] +=
          (double) d.get(JAVA_FLOAT, dOffset + at) * c.get(JAVA_FLOAT, cOffset + at);
    }
  }

  void collect(MemorySegment target) {
    for (int i = 0; i < sums.length; i++) {
      target.setAtIndex(JAVA_FLOAT, i, (float) sums[i]);
    }
  }

  void clear() {
    Arrays.fill(sums, 0);
  }
}
