// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

/**
 * What one direction of a recurrent layer has of a window for the way back, which goes through it
 * {@link Segment} by segment. Rows are numbered {@code step * batch + batchRow}; the way back may
 * overwrite those of gates.
 *
 * <p>Either everything is kept of each step, or the hidden states are, and a cell state for each
 * segment; then {@link Recomputation} gives the rest of one segment at a time.
 *
 * @param reverse whether the direction reads from the end
 * @param recomputed whether gates, their input part, what is not projected and cell states are
 *     those of a segment; else of the window
 * @param input x of each step
 * @param fromInput bias + W_ih x of each step, where the cell needs it; else scratch
 * @param gates what the cell left of W_hh h, of each step
 * @param segmentStarts the cell state before each segment; {@code null} unless recomputed
 * @param cellStates before the first step, after it, after the second and so on, in the order of
 *     this direction; {@code null} where there are none
 * @param hiddenBefore the hidden state before the window, of each batch row
 * @param output h of each step, with that of the other direction
 * @param shift bytes into the output rows at which this direction's features start
 * @param unprojected h before its projection, of each step; {@code null} where there is none
 */
public record StepTape(
    boolean reverse,
    boolean recomputed,
    Rows input,
    Rows fromInput,
    Rows gates,
    Rows segmentStarts,
    Rows cellStates,
    Rows hiddenBefore,
    Rows output,
    long shift,
    Rows unprojected) {
  /** {@return whether a step is the first of a sequence of a length, in this direction} */
  public boolean isFirstStep(int step, int length) {
    return step == (reverse ? length - 1 : 0);
  }

  /** {@return where the hidden state before a step lies} */
  public Rows stateBefore(int step, int length) {
    return isFirstStep(step, length) ? hiddenBefore : output;
  }

  /** {@return the byte offset of the hidden state before a step there} */
  public long stateBeforeOffset(int step, int length, int batch, int batchRow) {
    if (isFirstStep(step, length)) {
      return hiddenBefore.offset(batchRow);
    }
    int before = reverse ? step + 1 : step - 1;
    return output.offset((long) before * batch + batchRow) + shift;
  }
}
