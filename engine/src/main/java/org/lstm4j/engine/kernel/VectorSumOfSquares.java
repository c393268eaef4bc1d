// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link SumOfSquares}; a template that {@link Specialization} defines once
 * for each lane count. A vector of floats becomes one of as many doubles, twice as wide.
 */
final class VectorSumOfSquares implements SumOfSquares {
  private static final Shape SHAPE = Specialization.shape(MethodHandles.lookup(), Shape.class);
  private static final int LANES = SHAPE.lanes();
  private static final VectorSpecies<Float> FLOATS =
      LANES == 2 ? FloatVector.SPECIES_64 : FloatVector.SPECIES_128;
  private static final VectorSpecies<Double> DOUBLES =
      LANES == 2 ? DoubleVector.SPECIES_128 : DoubleVector.SPECIES_256;
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(FLOATS);
  private static final Class<? extends DoubleVector> EXACT_DOUBLES =
      DOUBLES.vectorType().asSubclass(DoubleVector.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final long VECTOR = (long) LANES * Float.BYTES;
  private static final long GROUP = (long) PARTIAL_SUMS * Float.BYTES;

  @Override
  public double apply(MemorySegment floats, long from, long end) {
    long whole = from + (end - from) / PARTIAL_SUMS * PARTIAL_SUMS;
    double total = 0;
    for (int j = 0; j < PARTIAL_SUMS; j += 2 * LANES) {
      total = add(floats, from, whole, end, j, total);
    }
    return total;
  }

  /** Adds the partial sums of two vectors, the first of which holds sum j, to a total in turn. */
  private static double add(
      MemorySegment floats, long from, long whole, long end, int j, double total) {
    if (floats.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (long at = (from + j) * Float.BYTES; at < whole * Float.BYTES; at += GROUP) {
      DoubleVector x =
          EXACT_DOUBLES.cast(
              EXACT.cast(fromMemorySegment(FLOATS, floats, at, ORDER)).castShape(DOUBLES, 0));
      DoubleVector y =
          EXACT_DOUBLES.cast(
              EXACT
                  .cast(fromMemorySegment(FLOATS, floats, at + VECTOR, ORDER))
                  .castShape(DOUBLES, 0));
      low = x.mul(x).add(low);
      high = y.mul(y).add(high);
    }
    double sum = total;
    long rest = whole + j;
    sum += EXACT_DOUBLES.cast(low).lane(0) + rest(floats, rest, end);
    sum += EXACT_DOUBLES.cast(low).lane(1) + rest(floats, rest + 1, end);
    if (LANES == 4) {
      sum += EXACT_DOUBLES.cast(low).lane(2) + rest(floats, rest + 2, end);
      sum += EXACT_DOUBLES.cast(low).lane(3) + rest(floats, rest + 3, end);
    }
    sum += EXACT_DOUBLES.cast(high).lane(0) + rest(floats, rest + LANES, end);
    sum += EXACT_DOUBLES.cast(high).lane(1) + rest(floats, rest + LANES + 1, end);
    if (LANES == 4) {
      sum += EXACT_DOUBLES.cast(high).lane(2) + rest(floats, rest + LANES + 2, end);
      sum += EXACT_DOUBLES.cast(high).lane(3) + rest(floats, rest + LANES + 3, end);
    }
    return sum;
  }

  /** What is behind the last whole group for one of the sums. */
  private static double rest(MemorySegment floats, long i, long end) {
    return i < end ? ScalarSumOfSquares.square(floats, i) : 0;
  }
}
