// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.lstm4j.engine.kernel.NumericClass.FMA;
import static org.lstm4j.engine.kernel.ScalarMath.HALF_TANH_P1;
import static org.lstm4j.engine.kernel.ScalarMath.HALF_TANH_P2;
import static org.lstm4j.engine.kernel.ScalarMath.HALF_TANH_Q1;
import static org.lstm4j.engine.kernel.ScalarMath.HALF_TANH_Q2;
import static org.lstm4j.engine.kernel.ScalarMath.HALF_TANH_Q3;
import static org.lstm4j.engine.kernel.ScalarMath.HALF_TANH_SATURATION;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link LstmGradient}; a template that {@link Specialization} defines once
 * for each shape. The formula of {@link ScalarMath#halfTanh} is written out, as in {@link
 * VectorLstmGates}.
 */
final class VectorLstmGradient implements LstmGradient {
  private static final PackedGates LAYOUT =
      Specialization.shape(MethodHandles.lookup(), PackedGates.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(LAYOUT.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final Class<? extends IntVector> EXACT_INTS =
      Vectors.exactInts(Vectors.intSpecies(SPECIES.length()));
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final int BLOCKS = LAYOUT.blocks();
  private static final long VECTOR = (long) LAYOUT.lanes() * Float.BYTES;
  private static final int SIGN = 0x8000_0000;
  private static final int HALF_BITS = 0x3f00_0000;

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
    if (gates.getClass() != NATIVE
        || before.getClass() != NATIVE
        || after.getClass() != NATIVE
        || fromAbove.getClass() != NATIVE
        || fromNext.getClass() != NATIVE
        || carry.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    FloatVector one = EXACT.cast(broadcast(SPECIES, 1f));
    FloatVector half = broadcast(SPECIES, 0.5f);
    FloatVector p1 = broadcast(SPECIES, HALF_TANH_P1);
    FloatVector p2 = broadcast(SPECIES, HALF_TANH_P2);
    FloatVector q1 = broadcast(SPECIES, HALF_TANH_Q1);
    FloatVector q2 = broadcast(SPECIES, HALF_TANH_Q2);
    FloatVector q3 = broadcast(SPECIES, HALF_TANH_Q3);
    FloatVector saturation = broadcast(SPECIES, HALF_TANH_SATURATION);
    for (int block = 0; block < BLOCKS; block++) {
      long unit = block * VECTOR;
      long gate = gatesOffset + unit * 4;
      FloatVector w =
          EXACT.cast(fromMemorySegment(SPECIES, after, afterOffset + unit, ORDER)).mul(half);
      FloatVector v = w.mul(w);
      FloatVector a = FMA ? v.fma(p2, p1).fma(w.mul(v), w) : v.mul(p2).add(p1).mul(w.mul(v)).add(w);
      FloatVector q =
          FMA
              ? v.fma(q3, q2).fma(v, q1).fma(v, one)
              : v.mul(q3).add(q2).mul(v).add(q1).mul(v).add(one);
      FloatVector z = a.mul(q).div(FMA ? q.fma(q, a.mul(a)) : q.mul(q).add(a.mul(a)));
      FloatVector limit =
          EXACT_INTS.cast(w.reinterpretAsInts()).and(SIGN).or(HALF_BITS).reinterpretAsFloats();
      z = z.blend(limit, v.compare(GE, saturation));
      FloatVector t = z.add(z);
      FloatVector i = EXACT.cast(fromMemorySegment(SPECIES, gates, gate, ORDER));
      FloatVector f = EXACT.cast(fromMemorySegment(SPECIES, gates, gate + VECTOR, ORDER));
      FloatVector g = EXACT.cast(fromMemorySegment(SPECIES, gates, gate + 2 * VECTOR, ORDER));
      FloatVector o = EXACT.cast(fromMemorySegment(SPECIES, gates, gate + 3 * VECTOR, ORDER));
      FloatVector dh =
          EXACT
              .cast(fromMemorySegment(SPECIES, fromAbove, fromAboveOffset + unit, ORDER))
              .add(fromMemorySegment(SPECIES, fromNext, fromNextOffset + unit, ORDER));
      FloatVector fromCarry = fromMemorySegment(SPECIES, carry, carryOffset + unit, ORDER);
      FloatVector slope = FMA ? t.neg().fma(t, one) : one.sub(t).mul(one.add(t));
      FloatVector dc = FMA ? dh.mul(o).fma(slope, fromCarry) : dh.mul(o).mul(slope).add(fromCarry);
      FloatVector slopeI = FMA ? i.neg().fma(i, i) : i.mul(one.sub(i));
      dc.mul(g).mul(slopeI).intoMemorySegment(gates, gate, ORDER);
      FloatVector slopeF = FMA ? f.neg().fma(f, f) : f.mul(one.sub(f));
      dc.mul(fromMemorySegment(SPECIES, before, beforeOffset + unit, ORDER))
          .mul(slopeF)
          .intoMemorySegment(gates, gate + VECTOR, ORDER);
      FloatVector slopeG = FMA ? g.neg().fma(g, one) : one.sub(g).mul(one.add(g));
      dc.mul(i).mul(slopeG).intoMemorySegment(gates, gate + 2 * VECTOR, ORDER);
      FloatVector slopeO = FMA ? o.neg().fma(o, o) : o.mul(one.sub(o));
      dh.mul(t).mul(slopeO).intoMemorySegment(gates, gate + 3 * VECTOR, ORDER);
      FloatVector back = dc.mul(f);
      back = back.blend(zero, back.abs().compare(LT, minNormal));
      back.intoMemorySegment(carry, carryOffset + unit, ORDER);
    }
  }
}
