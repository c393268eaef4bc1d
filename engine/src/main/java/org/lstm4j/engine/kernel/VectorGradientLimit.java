// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link GradientLimit}; a template that {@link Specialization} defines once
 * for each shape.
 */
final class VectorGradientLimit implements GradientLimit {
  private static final Shape SHAPE = Specialization.shape(MethodHandles.lookup(), Shape.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(SHAPE.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final boolean SCALES = SHAPE.operation() == Operation.SCALE;
  private static final int LANES = SHAPE.lanes();
  private static final long VECTOR = (long) LANES * Float.BYTES;

  private final GradientLimit rest = new ScalarGradientLimit(SHAPE);

  @Override
  public void apply(MemorySegment gradients, float limit, long from, long end) {
    if (gradients.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long whole = from + (end - from) / LANES * LANES;
    FloatVector most = broadcast(SPECIES, limit);
    FloatVector least = broadcast(SPECIES, -limit);
    for (long at = from * Float.BYTES; at < whole * Float.BYTES; at += VECTOR) {
      FloatVector gradient = EXACT.cast(fromMemorySegment(SPECIES, gradients, at, ORDER));
      FloatVector limited = gradient;
      if (SCALES) {
        limited = gradient.mul(most);
      } else {
        limited = limited.blend(most, limited.compare(GT, most));
        limited = limited.blend(least, limited.compare(LT, least));
      }
      limited.intoMemorySegment(gradients, at, ORDER);
    }
    rest.apply(gradients, limit, whole, end);
  }
}
