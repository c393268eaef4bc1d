// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A cell in one of the forms that have no kernel of their own, put together from {@link
 * Elementwise} and {@link Arithmetic}.
 *
 * <p>Its matrices are packed as if all gates were one ({@code PackedGates} of one gate and {@code
 * gates * units} units), so that the gates of a row lie one behind the other, in PyTorch's order,
 * and a function runs over each as a whole. What it computes on the way lies behind the gates in
 * the row of {@code fromHidden}, which must be of {@link #rowFloats}. It always updates all units.
 */
public abstract sealed class GeneralCell implements CellUpdate
    permits GeneralLstm, GeneralGru, GeneralRnn {
  /** A gate, or what else a cell keeps for each unit. */
  final int units;

  private final int gateFloats;

  GeneralCell(PackedGates row, int units) {
    this.units = units;
    this.gateFloats = padded(row.rowFloats()) + PackedGates.MAX_LANES;
  }

  private static int padded(int floats) {
    return Math.ceilDiv(floats, PackedGates.MAX_LANES) * PackedGates.MAX_LANES;
  }

  /** Floats of a row of {@code fromHidden}. */
  public final int rowFloats() {
    return gateFloats + scratch() * padded(units) + extraFloats();
  }

  /** Rows of units that are needed behind the gates. */
  abstract int scratch();

  /** Floats that are needed behind those. */
  int extraFloats() {
    return 0;
  }

  /** {@return the way back} */
  public abstract CellGradient gradient();

  /** Where a gate lies in a row, in bytes. */
  final long gate(int index) {
    return (long) index * units * Float.BYTES;
  }

  /** Where one of the rows of units behind the gates lies, in bytes. */
  final long scratch(int index) {
    return (gateFloats + (long) index * padded(units)) * Float.BYTES;
  }

  /** What an operation is applied to: its rows, one after the other. */
  final void apply(
      Arithmetic operation,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment out,
      long outOffset) {
    operation.apply(a, aOffset, b, bOffset, b, bOffset, out, outOffset, units);
  }

  /** Applies a function to a row of units in place. */
  final void apply(Elementwise function, MemorySegment row, long offset) {
    function.apply(row, offset, row, offset, units);
  }
}
