// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.lstm4j.engine.kernel.NumericClass.FMA;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_P1;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_P2;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_Q1;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_Q2;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_Q3;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_SATURATION;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link LstmGates}; a template that {@link Specialization} defines once for
 * each shape.
 *
 * <p>The formula of {@link ScalarMath#tanh} is written out in both loops, for the reason that the
 * package description gives: as a call it is left out of line in some callers, which made a step at
 * H = 8 to 40 five to eight times slower and let it produce garbage.
 */
final class VectorLstmGates implements LstmGates {
  private static final PackedGates LAYOUT =
      Specialization.shape(MethodHandles.lookup(), PackedGates.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(LAYOUT.lanes());
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private static final int BLOCKS = LAYOUT.blocks();
  private static final int VECTORS = LAYOUT.vectors();
  private static final long VECTOR = (long) LAYOUT.lanes() * Float.BYTES;

  @Override
  public void apply(
      MemorySegment bias,
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      MemorySegment c,
      long cOffset,
      MemorySegment h,
      long hOffset) {
    activate(bias, fromInput, fromInputOffset, fromHidden);
    update(fromHidden, c, cOffset, h, hOffset);
  }

  private static void activate(
      MemorySegment bias, MemorySegment fromInput, long fromInputOffset, MemorySegment gates) {
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector minusOne = broadcast(SPECIES, -1f);
    FloatVector half = broadcast(SPECIES, 0.5f);
    FloatVector p1 = broadcast(SPECIES, TANH_P1);
    FloatVector p2 = broadcast(SPECIES, TANH_P2);
    FloatVector q1 = broadcast(SPECIES, TANH_Q1);
    FloatVector q2 = broadcast(SPECIES, TANH_Q2);
    FloatVector q3 = broadcast(SPECIES, TANH_Q3);
    FloatVector saturation = broadcast(SPECIES, TANH_SATURATION);
    FloatVector minusSaturation = broadcast(SPECIES, -TANH_SATURATION);
    for (int vector = 0; vector < VECTORS; vector++) {
      long at = vector * VECTOR;
      float scale = vector % GATES == CELL_GATE ? 1f : 0.5f;
      FloatVector scales = broadcast(SPECIES, scale);
      FloatVector rest = broadcast(SPECIES, 1 - scale);
      FloatVector p =
          fromMemorySegment(SPECIES, bias, at, ORDER)
              .add(fromMemorySegment(SPECIES, fromInput, fromInputOffset + at, ORDER))
              .add(fromMemorySegment(SPECIES, gates, at, ORDER))
              .mul(scales);
      FloatVector u = p.mul(p);
      FloatVector b = FMA ? p.mul(u).fma(u.fma(p2, p1), p) : p.mul(u).mul(u.mul(p2).add(p1)).add(p);
      FloatVector q =
          FMA
              ? u.fma(q3, q2).fma(u, q1).fma(u, one)
              : u.mul(q3).add(q2).mul(u).add(q1).mul(u).add(one);
      FloatVector a = b.mul(half);
      FloatVector y = b.mul(q).div(FMA ? q.fma(q, a.mul(a)) : q.mul(q).add(a.mul(a)));
      y = y.blend(one, p.compare(GE, saturation)).blend(minusOne, p.compare(LE, minusSaturation));
      FloatVector gate = FMA ? y.fma(scales, rest) : y.mul(scales).add(rest);
      gate.intoMemorySegment(gates, at, ORDER);
    }
  }

  private static void update(
      MemorySegment gates, MemorySegment c, long cOffset, MemorySegment h, long hOffset) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector minusOne = broadcast(SPECIES, -1f);
    FloatVector half = broadcast(SPECIES, 0.5f);
    FloatVector p1 = broadcast(SPECIES, TANH_P1);
    FloatVector p2 = broadcast(SPECIES, TANH_P2);
    FloatVector q1 = broadcast(SPECIES, TANH_Q1);
    FloatVector q2 = broadcast(SPECIES, TANH_Q2);
    FloatVector q3 = broadcast(SPECIES, TANH_Q3);
    FloatVector saturation = broadcast(SPECIES, TANH_SATURATION);
    FloatVector minusSaturation = broadcast(SPECIES, -TANH_SATURATION);
    for (int block = 0; block < BLOCKS; block++) {
      long unit = block * VECTOR;
      long gate = unit * GATES;
      FloatVector i = fromMemorySegment(SPECIES, gates, gate, ORDER);
      FloatVector f = fromMemorySegment(SPECIES, gates, gate + VECTOR, ORDER);
      FloatVector g = fromMemorySegment(SPECIES, gates, gate + 2 * VECTOR, ORDER);
      FloatVector o = fromMemorySegment(SPECIES, gates, gate + 3 * VECTOR, ORDER);
      FloatVector before = fromMemorySegment(SPECIES, c, cOffset + unit, ORDER);
      FloatVector p = FMA ? f.fma(before, i.mul(g)) : f.mul(before).add(i.mul(g));
      p = p.blend(zero, p.abs().compare(LT, minNormal));
      p.intoMemorySegment(c, cOffset + unit, ORDER);
      FloatVector u = p.mul(p);
      FloatVector b = FMA ? p.mul(u).fma(u.fma(p2, p1), p) : p.mul(u).mul(u.mul(p2).add(p1)).add(p);
      FloatVector q =
          FMA
              ? u.fma(q3, q2).fma(u, q1).fma(u, one)
              : u.mul(q3).add(q2).mul(u).add(q1).mul(u).add(one);
      FloatVector a = b.mul(half);
      FloatVector y = b.mul(q).div(FMA ? q.fma(q, a.mul(a)) : q.mul(q).add(a.mul(a)));
      y = y.blend(one, p.compare(GE, saturation)).blend(minusOne, p.compare(LE, minusSaturation));
      FloatVector hidden = o.mul(y);
      hidden = hidden.blend(zero, hidden.abs().compare(LT, minNormal));
      hidden.intoMemorySegment(h, hOffset + unit, ORDER);
    }
  }
}
