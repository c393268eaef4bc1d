// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.lstm4j.engine.kernel.GeneralLstm.F;
import static org.lstm4j.engine.kernel.GeneralLstm.G;
import static org.lstm4j.engine.kernel.GeneralLstm.I;
import static org.lstm4j.engine.kernel.GeneralLstm.O;
import static org.lstm4j.engine.kernel.GeneralLstm.U;

import java.lang.foreign.MemorySegment;

/**
 * The way back through {@link GeneralLstm}. With the names of {@code LstmForm}, q for what a
 * function is given before the clip, and the gradients dh of h' and dc' of c' from the step after:
 *
 * <pre>
 *   dq_o = dh u(c') s'(q_o)      dc' = dc' + dh o u'(c') + dq_o p_o
 *   dq_i = dc' g s'(q_i)         dq_f = dc' c s'(q_f)
 *   dq_g = dc' i t'(q_g)         dc  = dc' f + dq_i p_i + dq_f p_f
 * </pre>
 *
 * <p>Where q exceeds the clip, its derivative is zero. Without a forget gate, f is 1 and dq_f zero.
 */
final class GeneralLstmGradient implements CellGradient {
  private final GeneralLstm cell;

  GeneralLstmGradient(GeneralLstm cell) {
    this.cell = cell;
  }

  @Override
  public void apply(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment gates,
      long gatesOffset,
      MemorySegment before,
      long beforeOffset,
      MemorySegment after,
      long afterOffset,
      MemorySegment fromAbove,
      long fromAboveOffset,
      MemorySegment fromNext,
      long fromNextOffset,
      MemorySegment carry,
      long carryOffset) {
    CellFunction gate = cell.functions().gate();
    for (int unit = 0; unit < cell.units; unit++) {
      long at = (long) unit * Float.BYTES;
      long in = fromInputOffset + at;
      long row = gatesOffset + at;
      float c = before.get(JAVA_FLOAT, beforeOffset + at);
      float next = after.get(JAVA_FLOAT, afterOffset + at);
      float dh =
          fromAbove.get(JAVA_FLOAT, fromAboveOffset + at)
              + fromNext.get(JAVA_FLOAT, fromNextOffset + at);

      float slopeO = slope(gate, O, fromInput, in, gates, row, unit, next);
      float dO = dh * kept(gates, row, U) * slopeO;
      float slopeC = cell.functions().output().derivative().at(next);
      float dc =
          ScalarMath.fma(dh * kept(gates, row, O), slopeC, carry.get(JAVA_FLOAT, carryOffset + at));
      dc = ScalarMath.fma(dO, cell.peephole(O, unit), dc);

      float dI = dc * kept(gates, row, G) * slope(gate, I, fromInput, in, gates, row, unit, c);
      CellFunction candidate = cell.functions().candidate();
      float dG = dc * kept(gates, row, I) * slope(candidate, G, fromInput, in, gates, row, unit, c);
      float back = dI * cell.peephole(I, unit);
      if (cell.forgets()) {
        float dF = dc * c * slope(gate, F, fromInput, in, gates, row, unit, c);
        back = ScalarMath.fma(dF, cell.peephole(F, unit), back);
        back = ScalarMath.fma(dc, kept(gates, row, F), back);
        put(gates, row, F, dF);
      } else {
        back += dc;
      }
      put(gates, row, I, dI);
      put(gates, row, G, dG);
      put(gates, row, O, dO);
      carry.set(JAVA_FLOAT, carryOffset + at, Subnormals.flush(back));
    }
  }

  /** The derivative of a gate with respect to its sum. */
  private float slope(
      CellFunction function,
      int gate,
      MemorySegment fromInput,
      long in,
      MemorySegment gates,
      long row,
      int unit,
      float c) {
    long place = cell.gate(cell.place(gate));
    float sum = fromInput.get(JAVA_FLOAT, in + place) + gates.get(JAVA_FLOAT, row + place);
    return function.slope(ScalarMath.fma(cell.peephole(gate, unit), c, sum), cell.clip());
  }

  /** What the cell kept. */
  private float kept(MemorySegment gates, long row, int value) {
    return gates.get(JAVA_FLOAT, row + cell.scratch(value));
  }

  private void put(MemorySegment gates, long row, int gate, float gradient) {
    gates.set(JAVA_FLOAT, row + cell.gate(cell.place(gate)), gradient);
  }
}
