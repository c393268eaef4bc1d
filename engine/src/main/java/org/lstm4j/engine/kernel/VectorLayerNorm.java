// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link LayerNorm}; a template that {@link Specialization} defines once for
 * each lane count.
 *
 * <p>Whole groups of 16 features are added up as vectors, lane by lane, into the 16 partial sums;
 * what is left of the row is added to them one by one. Until the output is written, its row holds
 * the partial sums: one kernel serves all threads, so it has no memory of its own.
 */
final class VectorLayerNorm implements LayerNorm {
  private static final Shape SHAPE = Specialization.shape(MethodHandles.lookup(), Shape.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(SHAPE.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final long VECTOR = (long) SHAPE.lanes() * Float.BYTES;
  private static final long GROUP = (long) PARTIAL_SUMS * Float.BYTES;

  @Override
  public void apply(
      MemorySegment in,
      long inOffset,
      MemorySegment out,
      long outOffset,
      MemorySegment weight,
      MemorySegment bias,
      float eps,
      int n) {
    addGroups(in, inOffset, out, outOffset, n);
    float mean = total(in, inOffset, out, outOffset, n) / n;
    addSquares(in, inOffset, out, outOffset, mean, n);
    float variance = totalOfSquares(in, inOffset, out, outOffset, mean, n) / n;
    float scale = ScalarLayerNorm.scale(variance, eps);
    normalize(in, inOffset, out, outOffset, weight, bias, mean, scale, n);
  }

  private static void addGroups(
      MemorySegment in, long inOffset, MemorySegment sums, long sumsOffset, int n) {
    if (in.getClass() != NATIVE || sums.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long end = n / PARTIAL_SUMS * GROUP;
    for (long lane = 0; lane < GROUP; lane += VECTOR) {
      FloatVector sum = broadcast(SPECIES, 0f);
      for (long at = lane; at < end; at += GROUP) {
        sum = EXACT.cast(sum).add(fromMemorySegment(SPECIES, in, inOffset + at, ORDER));
      }
      EXACT.cast(sum).intoMemorySegment(sums, sumsOffset + lane, ORDER);
    }
  }

  private static void addSquares(
      MemorySegment in, long inOffset, MemorySegment sums, long sumsOffset, float mean, int n) {
    if (in.getClass() != NATIVE || sums.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long end = n / PARTIAL_SUMS * GROUP;
    FloatVector center = broadcast(SPECIES, mean);
    for (long lane = 0; lane < GROUP; lane += VECTOR) {
      FloatVector sum = broadcast(SPECIES, 0f);
      for (long at = lane; at < end; at += GROUP) {
        FloatVector distance =
            EXACT.cast(fromMemorySegment(SPECIES, in, inOffset + at, ORDER)).sub(center);
        sum = FMA ? distance.fma(distance, sum) : distance.mul(distance).add(sum);
      }
      EXACT.cast(sum).intoMemorySegment(sums, sumsOffset + lane, ORDER);
    }
  }

  private static float total(
      MemorySegment in, long inOffset, MemorySegment sums, long sumsOffset, int n) {
    int whole = n / PARTIAL_SUMS * PARTIAL_SUMS;
    float total = 0;
    for (int j = 0; j < PARTIAL_SUMS; j++) {
      float partial = ScalarLayerNorm.get(sums, sumsOffset, j);
      if (whole + j < n) {
        partial += ScalarLayerNorm.get(in, inOffset, whole + j);
      }
      total += partial;
    }
    return total;
  }

  private static float totalOfSquares(
      MemorySegment in, long inOffset, MemorySegment sums, long sumsOffset, float mean, int n) {
    int whole = n / PARTIAL_SUMS * PARTIAL_SUMS;
    float total = 0;
    for (int j = 0; j < PARTIAL_SUMS; j++) {
      float partial = ScalarLayerNorm.get(sums, sumsOffset, j);
      if (whole + j < n) {
        float distance = ScalarLayerNorm.get(in, inOffset, whole + j) - mean;
        partial = ScalarMath.fma(distance, distance, partial);
      }
      total += partial;
    }
    return total;
  }

  private static void normalize(
      MemorySegment in,
      long inOffset,
      MemorySegment out,
      long outOffset,
      MemorySegment weight,
      MemorySegment bias,
      float mean,
      float scale,
      int n) {
    if (in.getClass() != NATIVE
        || out.getClass() != NATIVE
        || weight.getClass() != NATIVE
        || bias.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector center = broadcast(SPECIES, mean);
    FloatVector factor = broadcast(SPECIES, scale);
    long end = (n + SPECIES.length() - 1) / SPECIES.length() * VECTOR;
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x = EXACT.cast(fromMemorySegment(SPECIES, in, inOffset + at, ORDER));
      FloatVector normal = x.sub(center).mul(factor);
      FloatVector w = fromMemorySegment(SPECIES, weight, at, ORDER);
      FloatVector b = fromMemorySegment(SPECIES, bias, at, ORDER);
      FloatVector y = FMA ? normal.fma(w, b) : normal.mul(w).add(b);
      y.intoMemorySegment(out, outOffset + at, ORDER);
    }
  }
}
