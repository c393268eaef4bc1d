// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/** A plain recurrent cell with a function that has no kernel of its own. */
public final class GeneralRnn extends GeneralCell {
  private final CellFunction function;
  private final Arithmetic add;
  private final Arithmetic flush;

  /**
   * Puts it together.
   *
   * @param row the layout of a row of its one gate
   */
  public GeneralRnn(PackedGates row, int units, CellFunction function, SessionKernels kernels) {
    super(row, units);
    this.function = function;
    this.add = kernels.arithmetic(Arithmetic.Operation.ADD, 0);
    this.flush = kernels.arithmetic(Arithmetic.Operation.COPY, 0);
  }

  @Override
  public CellGradient gradient() {
    return new GeneralRnnGradient(this, function.derivative());
  }

  @Override
  int scratch() {
    return 1;
  }

  @Override
  public void apply(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment state,
      long stateOffset,
      MemorySegment h,
      long hOffset,
      int firstBlock,
      int endBlock) {
    long result = fromHiddenOffset + scratch(0);
    apply(add, fromInput, fromInputOffset, fromHidden, fromHiddenOffset, fromHidden, result);
    apply(function.value(), fromHidden, result);
    apply(flush, fromHidden, result, fromHidden, result, h, hOffset);
  }
}
