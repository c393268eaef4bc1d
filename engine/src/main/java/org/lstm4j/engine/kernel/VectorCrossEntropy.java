// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link CrossEntropy}; a template that {@link Specialization} defines once
 * for each lane count. The exponential is that of {@link ScalarMath#exp}.
 */
final class VectorCrossEntropy implements CrossEntropy {
  private static final Shape SHAPE = Specialization.shape(MethodHandles.lookup(), Shape.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(SHAPE.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final Class<? extends IntVector> EXACT_INTS =
      Vectors.exactInts(Vectors.intSpecies(SPECIES.length()));
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final int LANES = SHAPE.lanes();
  private static final long VECTOR = (long) LANES * Float.BYTES;
  private static final long GROUP = (long) PARTIAL_SUMS * Float.BYTES;

  @Override
  public double apply(
      MemorySegment in,
      long inOffset,
      MemorySegment out,
      long outOffset,
      MemorySegment scratch,
      int target,
      double scale,
      int n) {
    float max = max(in, inOffset, n);
    long end = (n + LANES - 1) / LANES * VECTOR;
    exponentials(in, inOffset, out, outOffset, max, end);
    addGroups(out, outOffset, scratch, n);
    float sum = total(out, outOffset, scratch, n);
    float ofTarget = ScalarCrossEntropy.get(out, outOffset, target);
    scale(out, outOffset, (float) (scale / sum), end);
    float ofGradient = ScalarCrossEntropy.gradientOfTarget(ofTarget, sum, scale);
    ScalarCrossEntropy.put(out, outOffset, target, ofGradient);
    return ScalarCrossEntropy.loss(ScalarCrossEntropy.get(in, inOffset, target), max, sum);
  }

  private static float max(MemorySegment in, long inOffset, int n) {
    if (in.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    int whole = n / LANES * LANES;
    FloatVector largest = broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (long at = 0; at < (long) whole * Float.BYTES; at += VECTOR) {
      largest = EXACT.cast(largest).max(fromMemorySegment(SPECIES, in, inOffset + at, ORDER));
    }
    float max = EXACT.cast(largest).reduceLanes(MAX);
    for (int i = whole; i < n; i++) {
      max = Math.max(max, ScalarCrossEntropy.get(in, inOffset, i));
    }
    return max;
  }

  private static void exponentials(
      MemorySegment in, long inOffset, MemorySegment out, long outOffset, float max, long end) {
    if (in.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector largest = broadcast(SPECIES, max);
    FloatVector zero = broadcast(SPECIES, 0f);
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector infinity = broadcast(SPECIES, Float.POSITIVE_INFINITY);
    FloatVector least = broadcast(SPECIES, ScalarMath.EXP_MIN);
    FloatVector most = broadcast(SPECIES, ScalarMath.EXP_MAX);
    FloatVector round = broadcast(SPECIES, ScalarMath.ROUND_TO_INTEGER);
    FloatVector log2e = broadcast(SPECIES, ScalarMath.LOG2_E);
    FloatVector ln2High = broadcast(SPECIES, -ScalarMath.LN2_HIGH);
    FloatVector ln2Low = broadcast(SPECIES, -ScalarMath.LN2_LOW);
    FloatVector p0 = broadcast(SPECIES, ScalarMath.EXP_P0);
    FloatVector p1 = broadcast(SPECIES, ScalarMath.EXP_P1);
    FloatVector p2 = broadcast(SPECIES, ScalarMath.EXP_P2);
    FloatVector p3 = broadcast(SPECIES, ScalarMath.EXP_P3);
    FloatVector p4 = broadcast(SPECIES, ScalarMath.EXP_P4);
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x = EXACT.cast(fromMemorySegment(SPECIES, in, inOffset + at, ORDER)).sub(largest);
      FloatVector shifted = FMA ? x.fma(log2e, round) : x.mul(log2e).add(round);
      FloatVector k = shifted.sub(round);
      FloatVector r = FMA ? k.fma(ln2High, x) : k.mul(ln2High).add(x);
      r = FMA ? k.fma(ln2Low, r) : k.mul(ln2Low).add(r);
      FloatVector polynomial =
          FMA
              ? r.fma(p4, p3).fma(r, p2).fma(r, p1).fma(r, p0)
              : r.mul(p4).add(p3).mul(r).add(p2).mul(r).add(p1).mul(r).add(p0);
      FloatVector p =
          FMA ? polynomial.fma(r, one).fma(r, one) : polynomial.mul(r).add(one).mul(r).add(one);
      IntVector exponent =
          EXACT_INTS.cast(shifted.reinterpretAsInts()).lanewise(LSHL, ScalarMath.EXPONENT_SHIFT);
      FloatVector e =
          EXACT.cast(EXACT_INTS.cast(p.reinterpretAsInts()).add(exponent).reinterpretAsFloats());
      e = e.blend(zero, x.compare(LT, least));
      FloatVector y = x.add(infinity).blend(e, x.compare(LE, most));
      y.intoMemorySegment(out, outOffset + at, ORDER);
    }
  }

  /** Adds whole groups of 16 up as vectors, lane by lane, into the partial sums. */
  private static void addGroups(MemorySegment row, long rowOffset, MemorySegment sums, int n) {
    if (row.getClass() != NATIVE || sums.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long end = n / PARTIAL_SUMS * GROUP;
    for (long lane = 0; lane < GROUP; lane += VECTOR) {
      FloatVector sum = broadcast(SPECIES, 0f);
      for (long at = lane; at < end; at += GROUP) {
        sum = EXACT.cast(sum).add(fromMemorySegment(SPECIES, row, rowOffset + at, ORDER));
      }
      EXACT.cast(sum).intoMemorySegment(sums, lane, ORDER);
    }
  }

  private static float total(MemorySegment row, long rowOffset, MemorySegment sums, int n) {
    int whole = n / PARTIAL_SUMS * PARTIAL_SUMS;
    float total = 0;
    for (int j = 0; j < PARTIAL_SUMS; j++) {
      float partial = ScalarCrossEntropy.get(sums, 0, j);
      if (whole + j < n) {
        partial += ScalarCrossEntropy.get(row, rowOffset, whole + j);
      }
      total += partial;
    }
    return total;
  }

  private static void scale(MemorySegment row, long rowOffset, float factor, long end) {
    if (row.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = broadcast(SPECIES, 0f);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    FloatVector factors = broadcast(SPECIES, factor);
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x =
          EXACT.cast(fromMemorySegment(SPECIES, row, rowOffset + at, ORDER)).mul(factors);
      x = x.blend(zero, x.abs().compare(LT, minNormal));
      x.intoMemorySegment(row, rowOffset + at, ORDER);
    }
  }
}
