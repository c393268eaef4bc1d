// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.assembly;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.lstm4j.engine.stage.Rows;

/**
 * The caller's end of a sequence: an array or a segment in PyTorch's shape, copied to and from a
 * session's rows, which are ordered by time step, then batch row.
 *
 * <p>One object serves all calls of a session, so that a call allocates nothing; it lets go of the
 * caller's memory when the call ends.
 */
final class SequencePort {
  /** Up to so many features, a loop is quicker than the bulk copy, which takes 15 ns to start. */
  private static final int FEW = 24;

  private float[] floats;
  private int[] ints;
  private MemorySegment segment;
  private int steps;
  private boolean batchFirst;

  /** Attaches a sequence of that many time steps. */
  void attach(float[] values, int steps, boolean batchFirst) {
    this.floats = values;
    describe(steps, batchFirst);
  }

  /** Attaches a sequence of that many time steps. */
  void attach(int[] tokens, int steps, boolean batchFirst) {
    this.ints = tokens;
    describe(steps, batchFirst);
  }

  /** Attaches a sequence of that many time steps. */
  void attach(MemorySegment values, int steps, boolean batchFirst) {
    this.segment = values;
    describe(steps, batchFirst);
  }

  private void describe(int newSteps, boolean newBatchFirst) {
    this.steps = newSteps;
    this.batchFirst = newBatchFirst;
  }

  boolean isAttached() {
    return floats != null || ints != null || segment != null;
  }

  /** Lets go of the caller's memory. */
  void detach() {
    floats = null;
    ints = null;
    segment = null;
  }

  /**
   * The number of elements attached.
   *
   * @throws IllegalArgumentException if a segment ends inside an element
   */
  long elements() {
    if (floats != null) {
      return floats.length;
    }
    if (ints != null) {
      return ints.length;
    }
    if (segment.byteSize() % Float.BYTES != 0) {
      throw new IllegalArgumentException(
          "a segment of " + segment.byteSize() + " bytes does not hold whole elements of 4 bytes");
    }
    return segment.byteSize() / Float.BYTES;
  }

  /**
   * Checks that an attached segment can be written, so that an output that cannot fails before a
   * state has moved on.
   *
   * @throws IllegalArgumentException if it is read-only
   * @throws IllegalStateException if its memory is freed
   * @throws WrongThreadException if its memory belongs to another thread
   */
  void requireWritable() {
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException("the output is a read-only segment");
    }
    segment.get(JAVA_BYTE, 0);
  }

  /** The token at an index of the attached sequence. */
  int token(int index) {
    return ints != null ? ints[index] : segment.getAtIndex(JAVA_INT_UNALIGNED, index);
  }

  /** Copies time steps to rows 0, 1, 2, ... of a session. */
  void load(int firstStep, int count, int batch, Rows rows) {
    for (int t = 0; t < count; t++) {
      for (int b = 0; b < batch; b++) {
        long row = rows.offset((long) t * batch + b);
        long place = place(firstStep + t, b, batch) * rows.features();
        if (floats != null) {
          load((int) place, rows, row);
        } else {
          MemorySegment.copy(
              segment, place * Float.BYTES, rows.data(), row, (long) rows.features() * Float.BYTES);
        }
      }
    }
  }

  private void load(int place, Rows rows, long row) {
    int n = rows.features();
    if (n > FEW) {
      MemorySegment.copy(floats, place, rows.data(), JAVA_FLOAT, row, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      rows.data().set(JAVA_FLOAT, row + (long) i * Float.BYTES, floats[place + i]);
    }
  }

  private void store(Rows rows, long row, int place) {
    int n = rows.features();
    if (n > FEW) {
      MemorySegment.copy(rows.data(), JAVA_FLOAT, row, floats, place, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      floats[place + i] = rows.data().get(JAVA_FLOAT, row + (long) i * Float.BYTES);
    }
  }

  /** Copies tokens to places 0, 1, 2, ... of a session. */
  void loadTokens(int firstStep, int count, int batch, MemorySegment tokens) {
    for (int t = 0; t < count; t++) {
      for (int b = 0; b < batch; b++) {
        int place = (int) place(firstStep + t, b, batch);
        tokens.setAtIndex(JAVA_INT, (long) t * batch + b, token(place));
      }
    }
  }

  /** Copies rows 0, 1, 2, ... of a session to time steps. */
  void store(int firstStep, int count, int batch, Rows rows) {
    for (int t = 0; t < count; t++) {
      for (int b = 0; b < batch; b++) {
        long row = rows.offset((long) t * batch + b);
        long place = place(firstStep + t, b, batch) * rows.features();
        if (floats != null) {
          store(rows, row, (int) place);
        } else {
          MemorySegment.copy(
              rows.data(),
              JAVA_FLOAT,
              row,
              segment,
              JAVA_FLOAT_UNALIGNED,
              place * Float.BYTES,
              rows.features());
        }
      }
    }
  }

  /** Sets the vectors of a batch row in the time steps [from, to) to zero. */
  void clear(int from, int to, int batchRow, int batch, int features) {
    for (int step = from; step < to; step++) {
      long place = place(step, batchRow, batch) * features;
      if (floats != null) {
        Arrays.fill(floats, (int) place, (int) place + features, 0f);
      } else {
        for (int i = 0; i < features; i++) {
          segment.setAtIndex(JAVA_FLOAT_UNALIGNED, place + i, 0f);
        }
      }
    }
  }

  /** Where the vector of a time step and batch row stands among the vectors of the sequence. */
  private long place(int step, int batchRow, int batch) {
    return batchFirst ? (long) batchRow * steps + step : (long) step * batch + batchRow;
  }
}
