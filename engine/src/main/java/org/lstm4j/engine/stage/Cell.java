// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.util.function.Consumer;
import org.lstm4j.engine.kernel.CellGradient;
import org.lstm4j.engine.kernel.CellUpdate;
import org.lstm4j.engine.kernel.GeneralCell;
import org.lstm4j.engine.kernel.GeneralGru;
import org.lstm4j.engine.kernel.GeneralGruGradient;

/**
 * What a step of a recurrent layer computes behind its products.
 *
 * @param units hidden units
 * @param kind what kind of cell it is
 * @param update gives the kernel, and perhaps another in its place later: see SessionKernels
 * @param gradient likewise gives the kernel of the way back
 * @param general the kernel where it is put together from others, else {@code null}
 */
public record Cell(
    int units,
    Kind kind,
    Consumer<Consumer<CellUpdate>> update,
    Consumer<Consumer<CellGradient>> gradient,
    GeneralCell general) {
  /** What tells cells apart, in whatever form. */
  public enum Kind {
    /** With a cell state. */
    LSTM,
    /** Whose two products are no plain sum, and so have biases and gradients of their own. */
    GRU,
    /** Neither. */
    RNN
  }

  /** A cell with a kernel of its own. */
  public static Cell of(
      int units,
      Kind kind,
      Consumer<Consumer<CellUpdate>> update,
      Consumer<Consumer<CellGradient>> gradient) {
    return new Cell(units, kind, update, gradient, null);
  }

  /** A cell that is put together from kernels. */
  public static Cell of(int units, Kind kind, GeneralCell general) {
    return new Cell(
        units, kind, use -> use.accept(general), use -> use.accept(general.gradient()), general);
  }

  /** {@return whether there is a cell state; else the kernel is given h in its place} */
  public boolean hasCellState() {
    return kind == Kind.LSTM;
  }

  /** {@return whether the gradient of W_ih x is another than that of W_hh h} */
  public boolean hasTwoGradients() {
    return kind == Kind.GRU;
  }

  /** {@return whether the way back needs W_ih x of each step} */
  public boolean keepsFromInput() {
    return hasTwoGradients() || general != null;
  }

  /** {@return whether the way back needs the hidden states and nothing else} */
  public boolean goesBackWithoutGates() {
    return kind == Kind.RNN && general == null;
  }

  /**
   * {@return the way back where a step has a second product, of the hidden state that was reset; or
   * null}
   */
  public GeneralGruGradient resetGradient() {
    return resetBefore() == null ? null : resetBefore().gradient();
  }

  /** The cell where a step has a second product, of the hidden state that was reset; or null. */
  GeneralGru resetBefore() {
    return general instanceof GeneralGru gru && !gru.resetAfter() ? gru : null;
  }
}
