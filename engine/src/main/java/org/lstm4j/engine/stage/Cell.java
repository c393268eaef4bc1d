// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.util.function.Consumer;
import org.lstm4j.engine.kernel.CellGradient;
import org.lstm4j.engine.kernel.CellUpdate;
import org.lstm4j.engine.kernel.GeneralCell;
import org.lstm4j.engine.kernel.GeneralGru;

/**
 * What a step of a recurrent layer computes behind its products.
 *
 * @param units hidden units
 * @param hasCellState whether there is a cell state; else the kernel is given h in its place
 * @param update gives the kernel, and perhaps another in its place later: see SessionKernels
 * @param gradient likewise gives the kernel of the way back
 * @param general the kernel where it is put together from others, else {@code null}
 */
public record Cell(
    int units,
    boolean hasCellState,
    Consumer<Consumer<CellUpdate>> update,
    Consumer<Consumer<CellGradient>> gradient,
    GeneralCell general) {
  /** A cell with a kernel of its own. */
  public static Cell of(
      int units,
      boolean hasCellState,
      Consumer<Consumer<CellUpdate>> update,
      Consumer<Consumer<CellGradient>> gradient) {
    return new Cell(units, hasCellState, update, gradient, null);
  }

  /** A cell that is put together from kernels. */
  public static Cell of(int units, boolean hasCellState, GeneralCell general) {
    return new Cell(units, hasCellState, use -> use.accept(general), null, general);
  }

  /** The cell where a step has a second product, of the hidden state that was reset; or null. */
  GeneralGru resetBefore() {
    return general instanceof GeneralGru gru && !gru.resetAfter() ? gru : null;
  }
}
