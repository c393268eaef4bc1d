// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static jdk.incubator.vector.ByteVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.B2F;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link MatVec} for INT8; a template like {@link VectorMatVec}, and written
 * out for the same reasons.
 *
 * <p>The sum is over the integers as floats; the scale of the row multiplies it once at the end.
 * Widening costs two instructions for each multiply-add, so that it is the loads it saves which
 * pay, from the size on where weights come from beyond the second cache.
 */
final class VectorMatVecInt8 implements MatVec {
  private static final PackedGates LAYOUT =
      Specialization.shape(MethodHandles.lookup(), PackedGates.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(LAYOUT.lanes());
  private static final VectorSpecies<Byte> BYTES = Vectors.byteSpecies(LAYOUT.lanes());
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final int INPUTS = LAYOUT.inputs();
  private static final int TILES = LAYOUT.vectors() / PackedGates.TILE;
  private static final int REST = LAYOUT.vectors() % PackedGates.TILE;
  private static final long VECTOR = (long) LAYOUT.lanes() * Float.BYTES;
  private static final long LANES = LAYOUT.lanes();
  private static final long SCALES = LAYOUT.scalesOffset();
  private static final int VECTORS = LAYOUT.vectors();

  @Override
  public void apply(
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset,
      int firstTile,
      int endTile) {
    for (int t = firstTile; t < Math.min(endTile, TILES); t++) {
      tile8(weights, t * 8, x, xOffset, out, outOffset);
    }
    if (endTile > Math.max(firstTile, TILES)) {
      rest(weights, x, xOffset, out, outOffset);
    }
    int end = Math.min(endTile * 8, VECTORS);
    finish(weights, bias, out, outOffset, firstTile * 8, end);
  }

  private static void rest(
      MemorySegment weights, MemorySegment x, long xOffset, MemorySegment out, long outOffset) {
    int vector = TILES * 8;
    if ((REST & 4) != 0) {
      tile4(weights, vector, x, xOffset, out, outOffset);
    }
    if ((REST & 2) != 0) {
      tile2(weights, vector + (REST & 4), x, xOffset, out, outOffset);
    }
    if ((REST & 1) != 0) {
      tile1(weights, vector + (REST & 6), x, xOffset, out, outOffset);
    }
  }

  /** Multiplies sums by the scales of their outputs and adds the bias. */
  private static void finish(
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment out,
      long outOffset,
      int vector,
      int end) {
    if (weights.getClass() != NATIVE || bias.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    for (int v = vector; v < end; v++) {
      long at = v * VECTOR;
      FloatVector scale = FloatVector.fromMemorySegment(SPECIES, weights, SCALES + at, ORDER);
      FloatVector addend = FloatVector.fromMemorySegment(SPECIES, bias, at, ORDER);
      FloatVector sum = FloatVector.fromMemorySegment(SPECIES, out, outOffset + at, ORDER);
      (FMA ? sum.fma(scale, addend) : sum.mul(scale).add(addend))
          .intoMemorySegment(out, outOffset + at, ORDER);
    }
  }

  private static void tile8(
      MemorySegment weights,
      int vector,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE || x.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long from = vector * LANES * INPUTS;
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    FloatVector sum4 = sum0;
    FloatVector sum5 = sum0;
    FloatVector sum6 = sum0;
    FloatVector sum7 = sum0;
    for (int k = 0; k < INPUTS; k++) {
      FloatVector xk = broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES));
      long at = from + k * (8 * LANES);
      FloatVector w0 =
          (FloatVector) fromMemorySegment(BYTES, weights, at, ORDER).convertShape(B2F, SPECIES, 0);
      FloatVector w1 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + LANES, ORDER).convertShape(B2F, SPECIES, 0);
      FloatVector w2 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + 2 * LANES, ORDER)
                  .convertShape(B2F, SPECIES, 0);
      FloatVector w3 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + 3 * LANES, ORDER)
                  .convertShape(B2F, SPECIES, 0);
      FloatVector w4 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + 4 * LANES, ORDER)
                  .convertShape(B2F, SPECIES, 0);
      FloatVector w5 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + 5 * LANES, ORDER)
                  .convertShape(B2F, SPECIES, 0);
      FloatVector w6 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + 6 * LANES, ORDER)
                  .convertShape(B2F, SPECIES, 0);
      FloatVector w7 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + 7 * LANES, ORDER)
                  .convertShape(B2F, SPECIES, 0);
      sum0 = FMA ? xk.fma(w0, sum0) : xk.mul(w0).add(sum0);
      sum1 = FMA ? xk.fma(w1, sum1) : xk.mul(w1).add(sum1);
      sum2 = FMA ? xk.fma(w2, sum2) : xk.mul(w2).add(sum2);
      sum3 = FMA ? xk.fma(w3, sum3) : xk.mul(w3).add(sum3);
      sum4 = FMA ? xk.fma(w4, sum4) : xk.mul(w4).add(sum4);
      sum5 = FMA ? xk.fma(w5, sum5) : xk.mul(w5).add(sum5);
      sum6 = FMA ? xk.fma(w6, sum6) : xk.mul(w6).add(sum6);
      sum7 = FMA ? xk.fma(w7, sum7) : xk.mul(w7).add(sum7);
    }
    sum0.intoMemorySegment(out, to, ORDER);
    sum1.intoMemorySegment(out, to + VECTOR, ORDER);
    sum2.intoMemorySegment(out, to + 2 * VECTOR, ORDER);
    sum3.intoMemorySegment(out, to + 3 * VECTOR, ORDER);
    sum4.intoMemorySegment(out, to + 4 * VECTOR, ORDER);
    sum5.intoMemorySegment(out, to + 5 * VECTOR, ORDER);
    sum6.intoMemorySegment(out, to + 6 * VECTOR, ORDER);
    sum7.intoMemorySegment(out, to + 7 * VECTOR, ORDER);
  }

  private static void tile4(
      MemorySegment weights,
      int vector,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE || x.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long from = vector * LANES * INPUTS;
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    for (int k = 0; k < INPUTS; k++) {
      FloatVector xk = broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES));
      long at = from + k * (4 * LANES);
      FloatVector w0 =
          (FloatVector) fromMemorySegment(BYTES, weights, at, ORDER).convertShape(B2F, SPECIES, 0);
      FloatVector w1 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + LANES, ORDER).convertShape(B2F, SPECIES, 0);
      FloatVector w2 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + 2 * LANES, ORDER)
                  .convertShape(B2F, SPECIES, 0);
      FloatVector w3 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + 3 * LANES, ORDER)
                  .convertShape(B2F, SPECIES, 0);
      sum0 = FMA ? xk.fma(w0, sum0) : xk.mul(w0).add(sum0);
      sum1 = FMA ? xk.fma(w1, sum1) : xk.mul(w1).add(sum1);
      sum2 = FMA ? xk.fma(w2, sum2) : xk.mul(w2).add(sum2);
      sum3 = FMA ? xk.fma(w3, sum3) : xk.mul(w3).add(sum3);
    }
    sum0.intoMemorySegment(out, to, ORDER);
    sum1.intoMemorySegment(out, to + VECTOR, ORDER);
    sum2.intoMemorySegment(out, to + 2 * VECTOR, ORDER);
    sum3.intoMemorySegment(out, to + 3 * VECTOR, ORDER);
  }

  private static void tile2(
      MemorySegment weights,
      int vector,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE || x.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long from = vector * LANES * INPUTS;
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    for (int k = 0; k < INPUTS; k++) {
      FloatVector xk = broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES));
      long at = from + k * (2 * LANES);
      FloatVector w0 =
          (FloatVector) fromMemorySegment(BYTES, weights, at, ORDER).convertShape(B2F, SPECIES, 0);
      FloatVector w1 =
          (FloatVector)
              fromMemorySegment(BYTES, weights, at + LANES, ORDER).convertShape(B2F, SPECIES, 0);
      sum0 = FMA ? xk.fma(w0, sum0) : xk.mul(w0).add(sum0);
      sum1 = FMA ? xk.fma(w1, sum1) : xk.mul(w1).add(sum1);
    }
    sum0.intoMemorySegment(out, to, ORDER);
    sum1.intoMemorySegment(out, to + VECTOR, ORDER);
  }

  private static void tile1(
      MemorySegment weights,
      int vector,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE || x.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long from = vector * LANES * INPUTS;
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = FloatVector.zero(SPECIES);
    for (int k = 0; k < INPUTS; k++) {
      FloatVector xk = broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES));
      long at = from + k * (1 * LANES);
      FloatVector w0 =
          (FloatVector) fromMemorySegment(BYTES, weights, at, ORDER).convertShape(B2F, SPECIES, 0);
      sum0 = FMA ? xk.fma(w0, sum0) : xk.mul(w0).add(sum0);
    }
    sum0.intoMemorySegment(out, to, ORDER);
  }
}
