// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

/**
 * What one direction of a recurrent layer keeps of a chunk of time steps for the way back. Rows are
 * numbered {@code step * batch + batchRow}; the way back may overwrite them.
 *
 * @param reverse whether the direction reads from the end
 * @param input x of each step
 * @param fromInput bias + W_ih x of each step, where the cell needs it; else scratch
 * @param gates what the cell left of W_hh h, of each step
 * @param cellBefore the cell state before each step; {@code null} where there is none
 * @param cellState the cell state after the chunk, of each batch row; {@code null} likewise
 * @param hiddenBefore the hidden state before the chunk, of each batch row
 * @param output h of each step, with that of the other direction
 * @param shift bytes into the output rows at which this direction's features start
 * @param unprojected h before its projection, of each step; {@code null} where there is none
 */
public record StepTape(
    boolean reverse,
    Rows input,
    Rows fromInput,
    Rows gates,
    Rows cellBefore,
    Rows cellState,
    Rows hiddenBefore,
    Rows output,
    long shift,
    Rows unprojected) {
  /** {@return whether a step is the first of a sequence of a length, in this direction} */
  public boolean isFirstStep(int step, int length) {
    return step == (reverse ? length - 1 : 0);
  }

  /** {@return whether a step is the last of a sequence of a length, in this direction} */
  public boolean isLastStep(int step, int length) {
    return step == (reverse ? 0 : length - 1);
  }

  /** {@return the row of the step after that of a row, in this direction} */
  public long rowAfter(long row, int batch) {
    return reverse ? row - batch : row + batch;
  }

  /** {@return the row of the step before that of a row, in this direction} */
  public long rowBefore(long row, int batch) {
    return reverse ? row + batch : row - batch;
  }
}
