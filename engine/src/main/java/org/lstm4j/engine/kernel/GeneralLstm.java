// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * An LSTM with peepholes, without a forget gate, with other functions or with a clip. The formulas
 * are those of {@code LstmForm}; the peephole is added to a pre-activation last.
 */
public final class GeneralLstm extends GeneralCell {
  static final int I = 0;
  static final int F = 1;
  static final int G = 2;
  static final int O = 3;

  /** The output function of the cell state, and before that i * g. */
  static final int U = 4;

  private final boolean forgets;
  private final MemorySegment peepholes;
  private final Functions functions;
  private final float clip;
  private final Arithmetic add;
  private final Arithmetic addClipped;
  private final Arithmetic multiply;
  private final Arithmetic multiplyAdd;
  private final Arithmetic multiplyAddClipped;

  /** The functions of i, f and o, of g, and of c'. */
  public record Functions(CellFunction gate, CellFunction candidate, CellFunction output) {}

  /**
   * Puts it together.
   *
   * @param row the layout of a row of all gates
   * @param forgets whether there is a forget gate
   * @param peepholes one behind the other, with room for a whole vector behind the last; {@code
   *     null} for none
   * @param clip what pre-activations are limited to, 0 for no limit
   */
  public GeneralLstm(
      PackedGates row,
      int units,
      boolean forgets,
      MemorySegment peepholes,
      Functions functions,
      float clip,
      SessionKernels kernels) {
    super(row, units);
    this.forgets = forgets;
    this.peepholes = peepholes;
    this.functions = functions;
    this.clip = clip;
    this.add = kernels.arithmetic(Arithmetic.Operation.ADD, 0);
    this.addClipped = kernels.arithmetic(Arithmetic.Operation.ADD, clip);
    this.multiply = kernels.arithmetic(Arithmetic.Operation.MULTIPLY, 0);
    this.multiplyAdd = kernels.arithmetic(Arithmetic.Operation.MULTIPLY_ADD, 0);
    this.multiplyAddClipped = kernels.arithmetic(Arithmetic.Operation.MULTIPLY_ADD, clip);
  }

  @Override
  public CellGradient gradient() {
    return new GeneralLstmGradient(this);
  }

  Functions functions() {
    return functions;
  }

  float clip() {
    return clip;
  }

  boolean forgets() {
    return forgets;
  }

  /** A gate's peephole; 0 where there is none. */
  float peephole(int gate, int unit) {
    return peepholes == null || gate == G
        ? 0
        : peepholes.get(JAVA_FLOAT, gate(peephole(gate)) + (long) unit * Float.BYTES);
  }

  @Override
  int scratch() {
    return 5;
  }

  @Override
  public void apply(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment c,
      long cOffset,
      MemorySegment h,
      long hOffset,
      int firstBlock,
      int endBlock) {
    MemorySegment row = fromHidden;
    long at = fromHiddenOffset;
    gate(fromInput, fromInputOffset, row, at, c, cOffset, I);
    addClipped(fromInput, fromInputOffset, row, at, G);
    apply(functions.candidate.value(), row, at + scratch(G));
    if (forgets) {
      gate(fromInput, fromInputOffset, row, at, c, cOffset, F);
      apply(multiply, row, at + scratch(I), row, at + scratch(G), row, at + scratch(U));
      addProduct(multiplyAdd, row, at + scratch(F), c, cOffset, row, at + scratch(U), c, cOffset);
    } else {
      addProduct(multiplyAdd, row, at + scratch(I), row, at + scratch(G), c, cOffset, c, cOffset);
    }
    gate(fromInput, fromInputOffset, row, at, c, cOffset, O);
    functions.output.value().apply(c, cOffset, row, at + scratch(U), units);
    apply(multiply, row, at + scratch(O), row, at + scratch(U), h, hOffset);
  }

  /** i, f or o, which may see the cell state. */
  private void gate(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment row,
      long at,
      MemorySegment c,
      long cOffset,
      int gate) {
    long result = at + scratch(gate);
    if (peepholes == null) {
      addClipped(fromInput, fromInputOffset, row, at, gate);
    } else {
      long place = gate(place(gate));
      apply(add, fromInput, fromInputOffset + place, row, at + place, row, result);
      long peephole = gate(peephole(gate));
      addProduct(multiplyAddClipped, peepholes, peephole, c, cOffset, row, result, row, result);
    }
    apply(functions.gate.value(), row, result);
  }

  private void addClipped(
      MemorySegment fromInput, long fromInputOffset, MemorySegment row, long at, int gate) {
    long place = gate(place(gate));
    apply(addClipped, fromInput, fromInputOffset + place, row, at + place, row, at + scratch(gate));
  }

  private void addProduct(
      Arithmetic operation,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment c,
      long cOffset,
      MemorySegment out,
      long outOffset) {
    operation.apply(a, aOffset, b, bOffset, c, cOffset, out, outOffset, units);
  }

  /** The place of a gate among the gates: i, f, g, o or i, g, o. */
  int place(int gate) {
    return forgets || gate == I ? gate : gate - 1;
  }

  /** The place of a gate's peephole: i, f, o or i, o. */
  private int peephole(int gate) {
    return gate == O ? place(gate) - 1 : gate;
  }
}
