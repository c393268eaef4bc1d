// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

/**
 * Consecutive time steps of a window that the way back through one direction goes through together,
 * the last ones first: step by step, then with one product over all rows for the gradients of
 * weights, and one for that of the input. So the order in which these sums are made depends on the
 * batch, and not on what was kept and what is computed again.
 *
 * <p>Steps have an index in the order of their direction, and a number in the order of time. Used
 * by one thread at a time, but for reading.
 */
public final class Segment {
  /**
   * Rows of a segment, at least: four of {@code WeightGradient.CHUNK}. With 128 rows, the way back
   * of 512 units takes 20 % longer, as weights leave the caches in between; with 768, or the whole
   * window, that of 256 units takes 4 to 10 % longer.
   */
  private static final int ROWS = 384;

  /** Steps of a segment, at least, so that there are fewer segments than steps. */
  private static final int STEPS = 2;

  private final StepTape tape;
  private int windowSteps;
  private int batch;
  private int first;
  private int end;

  /** At no place in no window. */
  public Segment(StepTape tape) {
    this.tape = tape;
  }

  /** {@return time steps of each segment but the last one} */
  static int steps(int batch) {
    return Math.max(STEPS, ROWS / batch);
  }

  /** {@return the most rows of a segment} */
  public static long maxRows(int maxSteps, int maxBatch) {
    return Math.min((long) maxSteps * maxBatch, Math.max(ROWS, (long) STEPS * maxBatch));
  }

  /** Goes behind the last segment of a window. */
  public void startBehind(int stepsOfWindow, int batchRows) {
    windowSteps = stepsOfWindow;
    batch = batchRows;
    first = stepsOfWindow;
  }

  /** Goes to the segment before. {@return whether there is one} */
  public boolean goBack() {
    if (first == 0) {
      return false;
    }
    end = first;
    first = (end - 1) / steps(batch) * steps(batch);
    return true;
  }

  /** {@return time steps of the window} */
  public int windowSteps() {
    return windowSteps;
  }

  /** {@return batch rows of each time step} */
  public int batch() {
    return batch;
  }

  /** {@return the index of the first step} */
  public int first() {
    return first;
  }

  /** {@return the index behind the last step} */
  public int end() {
    return end;
  }

  /** {@return which segment it is, in the order of the direction} */
  int number() {
    return first / steps(batch);
  }

  /** {@return the number of a step} */
  public int step(int index) {
    return tape.reverse() ? windowSteps - 1 - index : index;
  }

  /** {@return the first row in the window, in the order of time} */
  public long firstRow() {
    return (long) (tape.reverse() ? windowSteps - end : first) * batch;
  }

  /** {@return rows of all steps} */
  public int rows() {
    return (end - first) * batch;
  }

  /** {@return the row, among those of the tape's gates, of a row of the window} */
  public long kept(long row) {
    return tape.recomputed() ? row - firstRow() : row;
  }

  /** {@return the row, among those of the tape's cell states, of the one before a step} */
  public long cellBefore(int index, int batchRow) {
    return (long) (tape.recomputed() ? index - first : index) * batch + batchRow;
  }

  /** {@return the row, among those of the tape's cell states, of the one after a step} */
  public long cellAfter(int index, int batchRow) {
    return cellBefore(index, batchRow) + batch;
  }
}
