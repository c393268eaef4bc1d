// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link RnnGradient}; a template that {@link Specialization} defines once for
 * each shape.
 */
final class VectorRnnGradient implements RnnGradient {
  private static final RnnGates.Shape SHAPE =
      Specialization.shape(MethodHandles.lookup(), RnnGates.Shape.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(SHAPE.rows().lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final RnnGates.Function FUNCTION = SHAPE.function();
  private static final long END = SHAPE.rows().rowBytes();
  private static final long VECTOR = (long) SHAPE.rows().lanes() * Float.BYTES;

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
        || after.getClass() != NATIVE
        || fromAbove.getClass() != NATIVE
        || fromNext.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    FloatVector one = EXACT.cast(broadcast(SPECIES, 1f));
    for (long at = 0; at < END; at += VECTOR) {
      FloatVector h = EXACT.cast(fromMemorySegment(SPECIES, after, afterOffset + at, ORDER));
      FloatVector d =
          EXACT
              .cast(fromMemorySegment(SPECIES, fromAbove, fromAboveOffset + at, ORDER))
              .add(fromMemorySegment(SPECIES, fromNext, fromNextOffset + at, ORDER));
      if (FUNCTION == RnnGates.Function.TANH) {
        d = d.mul(FMA ? h.neg().fma(h, one) : one.sub(h).mul(one.add(h)));
      } else if (FUNCTION == RnnGates.Function.SIGMOID) {
        d = d.mul(FMA ? h.neg().fma(h, h) : h.mul(one.sub(h)));
      } else {
        d = d.blend(zero, h.compare(LE, zero));
      }
      d = d.blend(zero, d.abs().compare(LT, minNormal));
      d.intoMemorySegment(gates, gatesOffset + at, ORDER);
    }
  }
}
