// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link Arithmetic}; a template that {@link Specialization} defines once for
 * each operation. An operand that an operation does not have is loaded and not used, which C2 sees.
 */
final class VectorArithmetic implements Arithmetic {
  private static final Shape SHAPE = Specialization.shape(MethodHandles.lookup(), Shape.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(SHAPE.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final Operation OPERATION = SHAPE.operation();
  private static final float CLIP = SHAPE.clip();
  private static final long VECTOR = (long) SHAPE.lanes() * Float.BYTES;

  @Override
  public void apply(
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment c,
      long cOffset,
      MemorySegment out,
      long outOffset,
      int n) {
    if (a.getClass() != NATIVE
        || b.getClass() != NATIVE
        || c.getClass() != NATIVE
        || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long end = (n + SPECIES.length() - 1) / SPECIES.length() * VECTOR;
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    FloatVector clip = broadcast(SPECIES, CLIP);
    FloatVector minusClip = broadcast(SPECIES, -CLIP);
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x = EXACT.cast(fromMemorySegment(SPECIES, a, aOffset + at, ORDER));
      FloatVector y = EXACT.cast(fromMemorySegment(SPECIES, b, bOffset + at, ORDER));
      FloatVector z = fromMemorySegment(SPECIES, c, cOffset + at, ORDER);
      FloatVector result = x;
      if (OPERATION == Operation.ADD) {
        result = x.add(y);
      } else if (OPERATION == Operation.MULTIPLY) {
        result = x.mul(y);
      } else if (OPERATION == Operation.MULTIPLY_ADD) {
        result = FMA ? x.fma(y, z) : x.mul(y).add(z);
      } else if (OPERATION == Operation.MIX) {
        result = FMA ? x.fma(y.sub(z), z) : x.mul(y.sub(z)).add(z);
      }
      if (CLIP > 0) {
        result = result.blend(clip, result.compare(GT, clip));
        result = result.blend(minusClip, result.compare(LT, minusClip));
      }
      result = result.blend(zero, result.abs().compare(LT, minNormal));
      result.intoMemorySegment(out, outOffset + at, ORDER);
    }
  }
}
