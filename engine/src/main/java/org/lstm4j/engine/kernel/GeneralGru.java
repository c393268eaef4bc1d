// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A GRU with other functions, with a clip, or whose reset gate acts on the hidden state itself. The
 * formulas are those of {@code GruForm}.
 *
 * <p>Where the reset gate acts on the hidden state, a step has two products: {@link #reset}
 * computes r and z from the first and leaves r * h at {@link #resetState}; the caller multiplies it
 * by the weights of n and puts the product at {@link #product}; {@link #apply} does the rest.
 */
public final class GeneralGru extends GeneralCell {
  static final int R = 0;
  static final int Z = 1;
  static final int N = 2;

  private final int productFloats;
  private final boolean resetAfter;
  private final Functions functions;
  private final float clip;
  private final Arithmetic add;
  private final Arithmetic multiply;
  private final Arithmetic multiplyAdd;
  private final Arithmetic mix;

  /** The functions of r and z, and of n. */
  public record Functions(CellFunction gate, CellFunction candidate) {}

  /**
   * Puts it together.
   *
   * @param row the layout of a row of all gates
   * @param resetAfter whether r acts on the product of the hidden state
   * @param clip what pre-activations are limited to, 0 for no limit
   */
  public GeneralGru(
      PackedGates row,
      int units,
      boolean resetAfter,
      Functions functions,
      float clip,
      SessionKernels kernels) {
    super(row, units);
    this.productFloats = row.rowFloats() + PackedGates.MAX_LANES;
    this.resetAfter = resetAfter;
    this.functions = functions;
    this.clip = clip;
    this.add = kernels.arithmetic(Arithmetic.Operation.ADD, clip);
    this.multiply = kernels.arithmetic(Arithmetic.Operation.MULTIPLY, 0);
    this.multiplyAdd = kernels.arithmetic(Arithmetic.Operation.MULTIPLY_ADD, clip);
    this.mix = kernels.arithmetic(Arithmetic.Operation.MIX, 0);
  }

  @Override
  public GeneralGruGradient gradient() {
    return new GeneralGruGradient(this);
  }

  Functions functions() {
    return functions;
  }

  float clip() {
    return clip;
  }

  @Override
  int scratch() {
    return 3;
  }

  @Override
  int extraFloats() {
    return resetAfter ? 0 : productFloats;
  }

  /** {@return whether r acts on the product of the hidden state} */
  public boolean resetAfter() {
    return resetAfter;
  }

  /** Where r * h lies in a row, in bytes. */
  public long resetState() {
    return scratch(N);
  }

  /** Where a second row of gates belongs in a row, in bytes; only that of n is read. */
  public long product() {
    return scratch(3);
  }

  /** Computes r, z and r * h; the arguments are those of {@link #apply}. */
  public void reset(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment state,
      long stateOffset) {
    gates(fromInput, fromInputOffset, fromHidden, fromHiddenOffset);
    long r = fromHiddenOffset + scratch(R);
    long product = fromHiddenOffset + resetState();
    apply(multiply, fromHidden, r, state, stateOffset, fromHidden, product);
  }

  private void gates(MemorySegment fromInput, long fromInputOffset, MemorySegment row, long at) {
    for (int gate = R; gate <= Z; gate++) {
      long place = gate(gate);
      long result = at + scratch(gate);
      apply(add, fromInput, fromInputOffset + place, row, at + place, row, result);
      apply(functions.gate.value(), row, result);
    }
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
    MemorySegment row = fromHidden;
    long a = fromInputOffset + gate(N);
    long n = fromHiddenOffset + scratch(N);
    if (resetAfter) {
      gates(fromInput, fromInputOffset, row, fromHiddenOffset);
      long r = fromHiddenOffset + scratch(R);
      long b = fromHiddenOffset + gate(N);
      multiplyAdd.apply(row, r, row, b, fromInput, a, row, n, units);
    } else {
      long b = fromHiddenOffset + product() + gate(N);
      apply(add, fromInput, a, row, b, row, n);
    }
    apply(functions.candidate.value(), row, n);
    long z = fromHiddenOffset + scratch(Z);
    mix.apply(row, z, state, stateOffset, row, n, h, hOffset, units);
  }
}
