// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

/**
 * One layer of a session: it reads the rows that the stage before it wrote and writes its own.
 *
 * <p>A stage owns its output rows, its scratch and, if it is recurrent, its state. It is used by
 * one thread at a time and allocates nothing in {@link #forward}.
 */
public sealed interface Stage
    permits RowStage,
        LinearStage,
        RecurrentStage,
        ReverseStage,
        ResidualStage,
        DroppedStage,
        ReadoutStage {
  /** Where {@link #forward} writes. */
  Rows output();

  /**
   * Runs a chunk of consecutive time steps.
   *
   * @param steps time steps in the input rows
   * @param batch batch rows of each time step
   * @return time steps in the output rows: {@code steps}, or 1 after a readout
   */
  int forward(int steps, int batch);
}
