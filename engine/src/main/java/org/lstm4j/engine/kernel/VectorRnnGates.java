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
 * The vector kernel of {@link RnnGates}; a template that {@link Specialization} defines once for
 * each shape. The formula of {@link ScalarMath#halfTanh} is written out, as in {@link
 * VectorLstmGates}.
 */
final class VectorRnnGates implements RnnGates {
  private static final Shape SHAPE = Specialization.shape(MethodHandles.lookup(), Shape.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(SHAPE.rows().lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final Class<? extends IntVector> EXACT_INTS =
      Vectors.exactInts(Vectors.intSpecies(SPECIES.length()));
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final Function FUNCTION = SHAPE.function();
  private static final float SCALE = FUNCTION == Function.TANH ? 0.5f : 0.25f;
  private static final int BLOCKS = SHAPE.rows().blocks();
  private static final long VECTOR = (long) SHAPE.rows().lanes() * Float.BYTES;
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
    long first = firstBlock * VECTOR;
    long end = Math.min(endBlock, BLOCKS) * VECTOR;
    if (FUNCTION == Function.RELU) {
      rectify(fromInput, fromInputOffset, fromHidden, fromHiddenOffset, h, hOffset, first, end);
    } else {
      tanh(fromInput, fromInputOffset, fromHidden, fromHiddenOffset, h, hOffset, first, end);
    }
  }

  private static void rectify(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment h,
      long hOffset,
      long first,
      long end) {
    if (fromInput.getClass() != NATIVE
        || fromHidden.getClass() != NATIVE
        || h.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    for (long at = first; at < end; at += VECTOR) {
      FloatVector p =
          EXACT
              .cast(fromMemorySegment(SPECIES, fromInput, fromInputOffset + at, ORDER))
              .add(fromMemorySegment(SPECIES, fromHidden, fromHiddenOffset + at, ORDER));
      p.blend(zero, p.compare(LT, minNormal)).intoMemorySegment(h, hOffset + at, ORDER);
    }
  }

  /** TANH and SIGMOID. */
  private static void tanh(
      MemorySegment fromInput,
      long fromInputOffset,
      MemorySegment fromHidden,
      long fromHiddenOffset,
      MemorySegment h,
      long hOffset,
      long first,
      long end) {
    if (fromInput.getClass() != NATIVE
        || fromHidden.getClass() != NATIVE
        || h.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector half = broadcast(SPECIES, 0.5f);
    FloatVector scale = broadcast(SPECIES, SCALE);
    FloatVector p1 = broadcast(SPECIES, HALF_TANH_P1);
    FloatVector p2 = broadcast(SPECIES, HALF_TANH_P2);
    FloatVector q1 = broadcast(SPECIES, HALF_TANH_Q1);
    FloatVector q2 = broadcast(SPECIES, HALF_TANH_Q2);
    FloatVector q3 = broadcast(SPECIES, HALF_TANH_Q3);
    FloatVector saturation = broadcast(SPECIES, HALF_TANH_SATURATION);
    for (long at = first; at < end; at += VECTOR) {
      FloatVector w =
          EXACT
              .cast(fromMemorySegment(SPECIES, fromInput, fromInputOffset + at, ORDER))
              .add(fromMemorySegment(SPECIES, fromHidden, fromHiddenOffset + at, ORDER))
              .mul(scale);
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
      FloatVector hidden = FUNCTION == Function.TANH ? y.add(y) : y.add(half);
      hidden = hidden.blend(zero, hidden.abs().compare(LT, minNormal));
      hidden.intoMemorySegment(h, hOffset + at, ORDER);
    }
  }
}
