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
 * The vector kernel of {@link LstmGates}; a template that {@link Specialization} defines once for
 * each shape.
 *
 * <p>The formula of {@link ScalarMath#halfTanh} is written out in each place, for the reason that
 * the package description gives: as a call it is left out of line in some callers, which made a
 * step at H = 8 to 40 five to eight times slower and let it produce garbage. It is arithmetic that
 * limits these loops: replacing the division by a multiplication saved a twelfth. A gate takes 19
 * instructions; with sigmoid as tanh of a scaled argument and a clamp of each side it took 24.
 */
final class VectorLstmGates implements LstmGates {
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

  // A gate is FACTOR halfTanh(SCALE p) + ADDEND. Loaded, because C2 boxes a vector that is one of
  // two.
  private static final float[] SCALE = {0.25f, 0.25f, 0.5f, 0.25f};
  private static final float[] FACTOR = {1f, 1f, 2f, 1f};
  private static final float[] ADDEND = {0.5f, 0.5f, 0f, 0.5f};

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
    int end = Math.min(endBlock, BLOCKS);
    activate(fromInput, fromInputOffset, fromHidden, fromHiddenOffset, firstBlock, end);
    update(fromHidden, fromHiddenOffset, c, cOffset, h, hOffset, firstBlock, end);
  }

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
    FloatVector p1 = broadcast(SPECIES, HALF_TANH_P1);
    FloatVector p2 = broadcast(SPECIES, HALF_TANH_P2);
    FloatVector q1 = broadcast(SPECIES, HALF_TANH_Q1);
    FloatVector q2 = broadcast(SPECIES, HALF_TANH_Q2);
    FloatVector q3 = broadcast(SPECIES, HALF_TANH_Q3);
    FloatVector saturation = broadcast(SPECIES, HALF_TANH_SATURATION);
    for (int vector = firstBlock * GATES; vector < endBlock * GATES; vector++) {
      long at = vector * VECTOR;
      int gate = vector & (GATES - 1);
      FloatVector factor = broadcast(SPECIES, FACTOR[gate]);
      FloatVector addend = broadcast(SPECIES, ADDEND[gate]);
      FloatVector w =
          EXACT
              .cast(fromMemorySegment(SPECIES, fromInput, fromInputOffset + at, ORDER))
              .add(fromMemorySegment(SPECIES, gates, gatesOffset + at, ORDER))
              .mul(broadcast(SPECIES, SCALE[gate]));
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
      FloatVector value = FMA ? z.fma(factor, addend) : z.mul(factor).add(addend);
      value.intoMemorySegment(gates, gatesOffset + at, ORDER);
    }
  }

  private static void update(
      MemorySegment gates,
      long gatesOffset,
      MemorySegment c,
      long cOffset,
      MemorySegment h,
      long hOffset,
      int firstBlock,
      int endBlock) {
    if (gates.getClass() != NATIVE || c.getClass() != NATIVE || h.getClass() != NATIVE) {
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
      long gate = gatesOffset + unit * GATES;
      FloatVector i = EXACT.cast(fromMemorySegment(SPECIES, gates, gate, ORDER));
      FloatVector f = EXACT.cast(fromMemorySegment(SPECIES, gates, gate + VECTOR, ORDER));
      FloatVector g = fromMemorySegment(SPECIES, gates, gate + 2 * VECTOR, ORDER);
      FloatVector o = EXACT.cast(fromMemorySegment(SPECIES, gates, gate + 3 * VECTOR, ORDER));
      FloatVector before = fromMemorySegment(SPECIES, c, cOffset + unit, ORDER);
      FloatVector cell = FMA ? f.fma(before, i.mul(g)) : f.mul(before).add(i.mul(g));
      cell = cell.blend(zero, cell.abs().compare(LT, minNormal));
      cell.intoMemorySegment(c, cOffset + unit, ORDER);
      FloatVector w = cell.mul(half);
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
      FloatVector hidden = o.add(o).mul(z);
      hidden = hidden.blend(zero, hidden.abs().compare(LT, minNormal));
      hidden.intoMemorySegment(h, hOffset + unit, ORDER);
    }
  }
}
