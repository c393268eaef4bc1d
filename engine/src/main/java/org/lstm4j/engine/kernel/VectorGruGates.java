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
 * The vector kernel of {@link GruGates}; a template that {@link Specialization} defines once for
 * each shape. The formula of {@link ScalarMath#halfTanh} is written out, as in {@link
 * VectorLstmGates}.
 */
final class VectorGruGates implements GruGates {
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
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment state,
      long stateOffset,
      MemorySegment h,
      long hOffset,
      int firstBlock,
      int endBlock) {
    int end = Math.min(endBlock, BLOCKS);
    activate(fromInput, fromInputOffset, fromHidden, fromHiddenOffset, firstBlock, end);
    update(
        fromInput,
        fromInputOffset,
        fromHidden,
        fromHiddenOffset,
        state,
        stateOffset,
        h,
        hOffset,
        firstBlock,
        end);
  }

  /** r and z. */
  private static void activate(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment gates,
      long gatesOffset,
      int firstBlock,
      int endBlock) {
    if (fromInput.getClass() != NATIVE || gates.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector half = broadcast(SPECIES, 0.5f);
    FloatVector quarter = broadcast(SPECIES, 0.25f);
    FloatVector p1 = broadcast(SPECIES, HALF_TANH_P1);
    FloatVector p2 = broadcast(SPECIES, HALF_TANH_P2);
    FloatVector q1 = broadcast(SPECIES, HALF_TANH_Q1);
    FloatVector q2 = broadcast(SPECIES, HALF_TANH_Q2);
    FloatVector q3 = broadcast(SPECIES, HALF_TANH_Q3);
    FloatVector saturation = broadcast(SPECIES, HALF_TANH_SATURATION);
    for (int gate = firstBlock * 2; gate < endBlock * 2; gate++) {
      long at = ((gate >> 1) * GATES + (gate & 1)) * VECTOR;
      FloatVector w =
          EXACT
              .cast(fromMemorySegment(SPECIES, fromInput, fromInputOffset + at, ORDER))
              .add(fromMemorySegment(SPECIES, gates, gatesOffset + at, ORDER))
              .mul(quarter);
      FloatVector v = w.mul(w);
      FloatVector a = FMA ? v.fma(p2, p1).fma(w.mul(v), w) : v.mul(p2).add(p1).mul(w.mul(v)).add(w);
      FloatVector q =
          FMA
              ? v.fma(q3, q2).fma(v, q1).fma(v, one)
              : v.mul(q3).add(q2).mul(v).add(q1).mul(v).add(one);
      FloatVector y = a.mul(q).div(FMA ? q.fma(q, a.mul(a)) : q.mul(q).add(a.mul(a)));
      FloatVector limit =
          EXACT_INTS.cast(w.reinterpretAsInts()).and(SIGN).or(HALF_BITS).reinterpretAsFloats();
      y = y.blend(limit, v.compare(GE, saturation));
      y.add(half).intoMemorySegment(gates, gatesOffset + at, ORDER);
    }
  }

  /** n and h. */
  private static void update(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment gates,
      long gatesOffset,
      MemorySegment state,
      long stateOffset,
      MemorySegment h,
      long hOffset,
      int firstBlock,
      int endBlock) {
    if (fromInput.getClass() != NATIVE
        || gates.getClass() != NATIVE
        || state.getClass() != NATIVE
        || h.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector half = broadcast(SPECIES, 0.5f);
    FloatVector p1 = broadcast(SPECIES, HALF_TANH_P1);
    FloatVector p2 = broadcast(SPECIES, HALF_TANH_P2);
    FloatVector q1 = broadcast(SPECIES, HALF_TANH_Q1);
    FloatVector q2 = broadcast(SPECIES, HALF_TANH_Q2);
    FloatVector q3 = broadcast(SPECIES, HALF_TANH_Q3);
    FloatVector saturation = broadcast(SPECIES, HALF_TANH_SATURATION);
    for (int block = firstBlock; block < endBlock; block++) {
      long unit = block * VECTOR;
      long gate = unit * GATES;
      FloatVector r = EXACT.cast(fromMemorySegment(SPECIES, gates, gatesOffset + gate, ORDER));
      FloatVector z =
          EXACT.cast(fromMemorySegment(SPECIES, gates, gatesOffset + gate + VECTOR, ORDER));
      long candidate = gate + 2 * VECTOR;
      FloatVector b = fromMemorySegment(SPECIES, gates, gatesOffset + candidate, ORDER);
      FloatVector p = fromMemorySegment(SPECIES, fromInput, fromInputOffset + candidate, ORDER);
      FloatVector before = EXACT.cast(fromMemorySegment(SPECIES, state, stateOffset + unit, ORDER));
      FloatVector w = (FMA ? r.fma(b, p) : r.mul(b).add(p)).mul(half);
      FloatVector v = w.mul(w);
      FloatVector a = FMA ? v.fma(p2, p1).fma(w.mul(v), w) : v.mul(p2).add(p1).mul(w.mul(v)).add(w);
      FloatVector q =
          FMA
              ? v.fma(q3, q2).fma(v, q1).fma(v, one)
              : v.mul(q3).add(q2).mul(v).add(q1).mul(v).add(one);
      FloatVector y = a.mul(q).div(FMA ? q.fma(q, a.mul(a)) : q.mul(q).add(a.mul(a)));
      FloatVector limit =
          EXACT_INTS.cast(w.reinterpretAsInts()).and(SIGN).or(HALF_BITS).reinterpretAsFloats();
      y = y.blend(limit, v.compare(GE, saturation));
      FloatVector n = y.add(y);
      FloatVector distance = before.sub(n);
      FloatVector hidden = FMA ? z.fma(distance, n) : z.mul(distance).add(n);
      hidden = hidden.blend(zero, hidden.abs().compare(LT, minNormal));
      hidden.intoMemorySegment(h, hOffset + unit, ORDER);
    }
  }
}
