// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

/**
 * How many time steps of the current chunk each batch row takes part in: all of them, unless a
 * caller gave a length for each. Rows of a stage beyond a length are computed or not, and never
 * read.
 */
public final class Lengths {
  /** The caller's, for whole sequences; {@code null} for sequences of the same length. */
  private int[] lengths;

  /** The first time step of the chunk. */
  private int firstStep;

  /** From now on, all batch rows take part in all time steps. */
  public void clear() {
    lengths = null;
  }

  /**
   * From now on, batch rows have lengths of their own.
   *
   * @param lengths of whole sequences; read until it is replaced
   * @param firstStep the first time step of the chunk
   */
  public void set(int[] lengths, int firstStep) {
    this.lengths = lengths;
    this.firstStep = firstStep;
  }

  /** {@return whether batch rows have lengths of their own} */
  public boolean areGiven() {
    return lengths != null;
  }

  /** Time steps of a batch row in a chunk of {@code steps}: from 0 to {@code steps}. */
  public int of(int batchRow, int steps) {
    // Clamped, so that who changes the array meanwhile reaches no memory but the session's.
    return lengths == null ? steps : Math.clamp((long) lengths[batchRow] - firstStep, 0, steps);
  }
}
