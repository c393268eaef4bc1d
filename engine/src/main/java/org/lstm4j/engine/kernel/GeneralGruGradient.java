// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.lstm4j.engine.kernel.GeneralGru.N;
import static org.lstm4j.engine.kernel.GeneralGru.R;
import static org.lstm4j.engine.kernel.GeneralGru.Z;

import java.lang.foreign.MemorySegment;

/**
 * The way back through {@link GeneralGru}. With the names of {@code GruForm}, q for what a function
 * is given before the clip, b_n for the product of the hidden state, and the gradient dh of h':
 *
 * <pre>
 *   dq_n = dh (1 - z) t'(q_n)     dq_z = dh (h - n) s'(q_z)     dh_direct = dh z
 *   dq_r = dq_n b_n s'(q_r)       db_n = dq_n r                 with resetAfter
 *   dq_r = e h s'(q_r)            dh_direct += e r              without
 * </pre>
 *
 * where e is dq_n multiplied back by the weights of n, a product between {@link #apply} and {@link
 * #reset}. Where q exceeds the clip, its derivative is zero.
 */
public final class GeneralGruGradient implements CellGradient {
  private final GeneralGru cell;

  GeneralGruGradient(GeneralGru cell) {
    this.cell = cell;
  }

  /** Where a row has dq_n, and zeros for the other gates, between both parts; in bytes. */
  public long product() {
    return cell.product();
  }

  /** Where a row has r * h afterwards, which the weights of n were multiplied by; in bytes. */
  public long resetState() {
    return cell.resetState();
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
    for (int unit = 0; unit < cell.units; unit++) {
      long at = (long) unit * Float.BYTES;
      long in = fromInputOffset + at;
      long row = gatesOffset + at;
      float z = kept(gates, row, Z);
      float dh =
          fromAbove.get(JAVA_FLOAT, fromAboveOffset + at)
              + fromNext.get(JAVA_FLOAT, fromNextOffset + at)
              + carry.get(JAVA_FLOAT, carryOffset + at);
      float distance = before.get(JAVA_FLOAT, beforeOffset + at) - kept(gates, row, N);
      float dz = dh * distance * slope(fromInput, in, gates, row, Z);
      float dn = dh * (1 - z) * slopeOfCandidate(fromInput, in, gates, row);
      if (cell.resetAfter()) {
        afterProduct(fromInput, in, gates, row, dn);
      } else {
        beforeProduct(gates, row, dn);
      }
      put(fromInput, in, Z, dz);
      put(gates, row, Z, dz);
      put(fromInput, in, N, dn);
      carry.set(JAVA_FLOAT, carryOffset + at, Subnormals.flush(dh * z));
    }
  }

  private void afterProduct(
      MemorySegment fromInput, long in, MemorySegment gates, long row, float dn) {
    float b = gates.get(JAVA_FLOAT, row + cell.gate(N));
    float dr = dn * b * slope(fromInput, in, gates, row, R);
    put(fromInput, in, R, dr);
    put(gates, row, R, dr);
    put(gates, row, N, dn * kept(gates, row, R));
  }

  private void beforeProduct(MemorySegment gates, long row, float dn) {
    put(gates, row + product(), R, 0);
    put(gates, row + product(), Z, 0);
    put(gates, row + product(), N, dn);
    put(gates, row, N, 0);
  }

  /**
   * The second part, where r acts before the product.
   *
   * @param fromProduct e
   */
  public void reset(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment gates,
      long gatesOffset,
      MemorySegment before,
      long beforeOffset,
      MemorySegment fromProduct,
      long fromProductOffset,
      MemorySegment carry,
      long carryOffset) {
    for (int unit = 0; unit < cell.units; unit++) {
      long at = (long) unit * Float.BYTES;
      long row = gatesOffset + at;
      float r = kept(gates, row, R);
      float h = before.get(JAVA_FLOAT, beforeOffset + at);
      float e = fromProduct.get(JAVA_FLOAT, fromProductOffset + at);
      float dr = e * h * slope(fromInput, fromInputOffset + at, gates, row, R);
      put(fromInput, fromInputOffset + at, R, dr);
      put(gates, row, R, dr);
      gates.set(JAVA_FLOAT, row + resetState(), Subnormals.flush(r * h));
      float back = ScalarMath.fma(e, r, carry.get(JAVA_FLOAT, carryOffset + at));
      carry.set(JAVA_FLOAT, carryOffset + at, Subnormals.flush(back));
    }
  }

  /** The derivative of r or z with respect to its sum. */
  private float slope(MemorySegment fromInput, long in, MemorySegment gates, long row, int gate) {
    float a = fromInput.get(JAVA_FLOAT, in + cell.gate(gate));
    float b = gates.get(JAVA_FLOAT, row + cell.gate(gate));
    return cell.functions().gate().slope(a + b, cell.clip());
  }

  private float slopeOfCandidate(MemorySegment fromInput, long in, MemorySegment gates, long row) {
    float a = fromInput.get(JAVA_FLOAT, in + cell.gate(N));
    long from = cell.resetAfter() ? row : row + product();
    float b = gates.get(JAVA_FLOAT, from + cell.gate(N));
    float q = cell.resetAfter() ? ScalarMath.fma(kept(gates, row, R), b, a) : a + b;
    return cell.functions().candidate().slope(q, cell.clip());
  }

  /** What the cell kept. */
  private float kept(MemorySegment gates, long row, int gate) {
    return gates.get(JAVA_FLOAT, row + cell.scratch(gate));
  }

  private void put(MemorySegment rows, long row, int gate, float gradient) {
    rows.set(JAVA_FLOAT, row + cell.gate(gate), gradient);
  }
}
