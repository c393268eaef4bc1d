// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link MatVec} for FLOAT32; a template that {@link Specialization} defines
 * once for each shape, so that lanes and sizes are constants to the compiler.
 *
 * <p>The tile loops are written out because C2 keeps accumulators in registers only as local
 * variables, and without helper methods for the reason that the package description gives. Branches
 * that a shape does not need are constants and cost nothing.
 */
final class VectorMatVec implements MatVec {
  private static final PackedGates LAYOUT =
      Specialization.shape(MethodHandles.lookup(), PackedGates.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(LAYOUT.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final int INPUTS = LAYOUT.inputs();
  private static final int TILES = LAYOUT.vectors() / PackedGates.TILE;
  private static final int REST = LAYOUT.vectors() % PackedGates.TILE;
  private static final long VECTOR = (long) LAYOUT.lanes() * Float.BYTES;

  /**
   * Whether two tiles are computed side by side. A large matrix comes from the third cache or from
   * memory, and two streams come faster than one: a step at (512,1024) reads 25 MB in 0.78 ms
   * rather than 1.5. It takes 16 accumulators.
   */
  private static final boolean IN_PAIRS = LAYOUT.bytes() >= 1 << 22 && Vectors.hasManyRegisters();

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
    int end = Math.min(endTile, TILES);
    int t = firstTile;
    if (IN_PAIRS) {
      for (; t + 1 < end; t += 2) {
        tiles8and8(weights, t * 8, bias, x, xOffset, out, outOffset);
      }
    }
    for (; t < end; t++) {
      tile8(weights, t * 8, bias, x, xOffset, out, outOffset);
    }
    if (endTile > Math.max(firstTile, TILES)) {
      rest(weights, bias, x, xOffset, out, outOffset);
    }
  }

  private static void rest(
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    int vector = TILES * 8;
    if ((REST & 4) != 0) {
      tile4(weights, vector, bias, x, xOffset, out, outOffset);
    }
    if ((REST & 2) != 0) {
      tile2(weights, vector + (REST & 4), bias, x, xOffset, out, outOffset);
    }
    if ((REST & 1) != 0) {
      tile1(weights, vector + (REST & 6), bias, x, xOffset, out, outOffset);
    }
  }

  private static void tiles8and8(
      MemorySegment weights,
      int vector,
      MemorySegment bias,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE
        || bias.getClass() != NATIVE
        || x.getClass() != NATIVE
        || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long from = vector * VECTOR * INPUTS;
    long second = from + 8 * VECTOR * INPUTS;
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = fromMemorySegment(SPECIES, bias, start, ORDER);
    FloatVector sum1 = fromMemorySegment(SPECIES, bias, start + VECTOR, ORDER);
    FloatVector sum2 = fromMemorySegment(SPECIES, bias, start + 2 * VECTOR, ORDER);
    FloatVector sum3 = fromMemorySegment(SPECIES, bias, start + 3 * VECTOR, ORDER);
    FloatVector sum4 = fromMemorySegment(SPECIES, bias, start + 4 * VECTOR, ORDER);
    FloatVector sum5 = fromMemorySegment(SPECIES, bias, start + 5 * VECTOR, ORDER);
    FloatVector sum6 = fromMemorySegment(SPECIES, bias, start + 6 * VECTOR, ORDER);
    FloatVector sum7 = fromMemorySegment(SPECIES, bias, start + 7 * VECTOR, ORDER);
    FloatVector sum8 = fromMemorySegment(SPECIES, bias, start + 8 * VECTOR, ORDER);
    FloatVector sum9 = fromMemorySegment(SPECIES, bias, start + 9 * VECTOR, ORDER);
    FloatVector sum10 = fromMemorySegment(SPECIES, bias, start + 10 * VECTOR, ORDER);
    FloatVector sum11 = fromMemorySegment(SPECIES, bias, start + 11 * VECTOR, ORDER);
    FloatVector sum12 = fromMemorySegment(SPECIES, bias, start + 12 * VECTOR, ORDER);
    FloatVector sum13 = fromMemorySegment(SPECIES, bias, start + 13 * VECTOR, ORDER);
    FloatVector sum14 = fromMemorySegment(SPECIES, bias, start + 14 * VECTOR, ORDER);
    FloatVector sum15 = fromMemorySegment(SPECIES, bias, start + 15 * VECTOR, ORDER);
    for (int k = 0; k < INPUTS; k++) {
      FloatVector xk =
          EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES)));
      long at = from + k * (8 * VECTOR);
      long at2 = second + k * (8 * VECTOR);
      FloatVector w0 = fromMemorySegment(SPECIES, weights, at, ORDER);
      FloatVector w1 = fromMemorySegment(SPECIES, weights, at + VECTOR, ORDER);
      FloatVector w2 = fromMemorySegment(SPECIES, weights, at + 2 * VECTOR, ORDER);
      FloatVector w3 = fromMemorySegment(SPECIES, weights, at + 3 * VECTOR, ORDER);
      FloatVector w4 = fromMemorySegment(SPECIES, weights, at + 4 * VECTOR, ORDER);
      FloatVector w5 = fromMemorySegment(SPECIES, weights, at + 5 * VECTOR, ORDER);
      FloatVector w6 = fromMemorySegment(SPECIES, weights, at + 6 * VECTOR, ORDER);
      FloatVector w7 = fromMemorySegment(SPECIES, weights, at + 7 * VECTOR, ORDER);
      FloatVector w8 = fromMemorySegment(SPECIES, weights, at2, ORDER);
      FloatVector w9 = fromMemorySegment(SPECIES, weights, at2 + VECTOR, ORDER);
      FloatVector w10 = fromMemorySegment(SPECIES, weights, at2 + 2 * VECTOR, ORDER);
      FloatVector w11 = fromMemorySegment(SPECIES, weights, at2 + 3 * VECTOR, ORDER);
      FloatVector w12 = fromMemorySegment(SPECIES, weights, at2 + 4 * VECTOR, ORDER);
      FloatVector w13 = fromMemorySegment(SPECIES, weights, at2 + 5 * VECTOR, ORDER);
      FloatVector w14 = fromMemorySegment(SPECIES, weights, at2 + 6 * VECTOR, ORDER);
      FloatVector w15 = fromMemorySegment(SPECIES, weights, at2 + 7 * VECTOR, ORDER);
      sum0 = FMA ? xk.fma(w0, sum0) : xk.mul(w0).add(sum0);
      sum1 = FMA ? xk.fma(w1, sum1) : xk.mul(w1).add(sum1);
      sum2 = FMA ? xk.fma(w2, sum2) : xk.mul(w2).add(sum2);
      sum3 = FMA ? xk.fma(w3, sum3) : xk.mul(w3).add(sum3);
      sum4 = FMA ? xk.fma(w4, sum4) : xk.mul(w4).add(sum4);
      sum5 = FMA ? xk.fma(w5, sum5) : xk.mul(w5).add(sum5);
      sum6 = FMA ? xk.fma(w6, sum6) : xk.mul(w6).add(sum6);
      sum7 = FMA ? xk.fma(w7, sum7) : xk.mul(w7).add(sum7);
      sum8 = FMA ? xk.fma(w8, sum8) : xk.mul(w8).add(sum8);
      sum9 = FMA ? xk.fma(w9, sum9) : xk.mul(w9).add(sum9);
      sum10 = FMA ? xk.fma(w10, sum10) : xk.mul(w10).add(sum10);
      sum11 = FMA ? xk.fma(w11, sum11) : xk.mul(w11).add(sum11);
      sum12 = FMA ? xk.fma(w12, sum12) : xk.mul(w12).add(sum12);
      sum13 = FMA ? xk.fma(w13, sum13) : xk.mul(w13).add(sum13);
      sum14 = FMA ? xk.fma(w14, sum14) : xk.mul(w14).add(sum14);
      sum15 = FMA ? xk.fma(w15, sum15) : xk.mul(w15).add(sum15);
    }
    EXACT.cast(sum0).intoMemorySegment(out, to, ORDER);
    EXACT.cast(sum1).intoMemorySegment(out, to + VECTOR, ORDER);
    EXACT.cast(sum2).intoMemorySegment(out, to + 2 * VECTOR, ORDER);
    EXACT.cast(sum3).intoMemorySegment(out, to + 3 * VECTOR, ORDER);
    EXACT.cast(sum4).intoMemorySegment(out, to + 4 * VECTOR, ORDER);
    EXACT.cast(sum5).intoMemorySegment(out, to + 5 * VECTOR, ORDER);
    EXACT.cast(sum6).intoMemorySegment(out, to + 6 * VECTOR, ORDER);
    EXACT.cast(sum7).intoMemorySegment(out, to + 7 * VECTOR, ORDER);
    EXACT.cast(sum8).intoMemorySegment(out, to + 8 * VECTOR, ORDER);
    EXACT.cast(sum9).intoMemorySegment(out, to + 9 * VECTOR, ORDER);
    EXACT.cast(sum10).intoMemorySegment(out, to + 10 * VECTOR, ORDER);
    EXACT.cast(sum11).intoMemorySegment(out, to + 11 * VECTOR, ORDER);
    EXACT.cast(sum12).intoMemorySegment(out, to + 12 * VECTOR, ORDER);
    EXACT.cast(sum13).intoMemorySegment(out, to + 13 * VECTOR, ORDER);
    EXACT.cast(sum14).intoMemorySegment(out, to + 14 * VECTOR, ORDER);
    EXACT.cast(sum15).intoMemorySegment(out, to + 15 * VECTOR, ORDER);
  }

  private static void tile8(
      MemorySegment weights,
      int vector,
      MemorySegment bias,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE
        || bias.getClass() != NATIVE
        || x.getClass() != NATIVE
        || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long from = vector * VECTOR * INPUTS;
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = fromMemorySegment(SPECIES, bias, start, ORDER);
    FloatVector sum1 = fromMemorySegment(SPECIES, bias, start + VECTOR, ORDER);
    FloatVector sum2 = fromMemorySegment(SPECIES, bias, start + 2 * VECTOR, ORDER);
    FloatVector sum3 = fromMemorySegment(SPECIES, bias, start + 3 * VECTOR, ORDER);
    FloatVector sum4 = fromMemorySegment(SPECIES, bias, start + 4 * VECTOR, ORDER);
    FloatVector sum5 = fromMemorySegment(SPECIES, bias, start + 5 * VECTOR, ORDER);
    FloatVector sum6 = fromMemorySegment(SPECIES, bias, start + 6 * VECTOR, ORDER);
    FloatVector sum7 = fromMemorySegment(SPECIES, bias, start + 7 * VECTOR, ORDER);
    for (int k = 0; k < INPUTS; k++) {
      FloatVector xk =
          EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES)));
      long at = from + k * (8 * VECTOR);
      FloatVector w0 = fromMemorySegment(SPECIES, weights, at, ORDER);
      FloatVector w1 = fromMemorySegment(SPECIES, weights, at + VECTOR, ORDER);
      FloatVector w2 = fromMemorySegment(SPECIES, weights, at + 2 * VECTOR, ORDER);
      FloatVector w3 = fromMemorySegment(SPECIES, weights, at + 3 * VECTOR, ORDER);
      FloatVector w4 = fromMemorySegment(SPECIES, weights, at + 4 * VECTOR, ORDER);
      FloatVector w5 = fromMemorySegment(SPECIES, weights, at + 5 * VECTOR, ORDER);
      FloatVector w6 = fromMemorySegment(SPECIES, weights, at + 6 * VECTOR, ORDER);
      FloatVector w7 = fromMemorySegment(SPECIES, weights, at + 7 * VECTOR, ORDER);
      sum0 = FMA ? xk.fma(w0, sum0) : xk.mul(w0).add(sum0);
      sum1 = FMA ? xk.fma(w1, sum1) : xk.mul(w1).add(sum1);
      sum2 = FMA ? xk.fma(w2, sum2) : xk.mul(w2).add(sum2);
      sum3 = FMA ? xk.fma(w3, sum3) : xk.mul(w3).add(sum3);
      sum4 = FMA ? xk.fma(w4, sum4) : xk.mul(w4).add(sum4);
      sum5 = FMA ? xk.fma(w5, sum5) : xk.mul(w5).add(sum5);
      sum6 = FMA ? xk.fma(w6, sum6) : xk.mul(w6).add(sum6);
      sum7 = FMA ? xk.fma(w7, sum7) : xk.mul(w7).add(sum7);
    }
    EXACT.cast(sum0).intoMemorySegment(out, to, ORDER);
    EXACT.cast(sum1).intoMemorySegment(out, to + VECTOR, ORDER);
    EXACT.cast(sum2).intoMemorySegment(out, to + 2 * VECTOR, ORDER);
    EXACT.cast(sum3).intoMemorySegment(out, to + 3 * VECTOR, ORDER);
    EXACT.cast(sum4).intoMemorySegment(out, to + 4 * VECTOR, ORDER);
    EXACT.cast(sum5).intoMemorySegment(out, to + 5 * VECTOR, ORDER);
    EXACT.cast(sum6).intoMemorySegment(out, to + 6 * VECTOR, ORDER);
    EXACT.cast(sum7).intoMemorySegment(out, to + 7 * VECTOR, ORDER);
  }

  private static void tile4(
      MemorySegment weights,
      int vector,
      MemorySegment bias,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE
        || bias.getClass() != NATIVE
        || x.getClass() != NATIVE
        || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long from = vector * VECTOR * INPUTS;
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = fromMemorySegment(SPECIES, bias, start, ORDER);
    FloatVector sum1 = fromMemorySegment(SPECIES, bias, start + VECTOR, ORDER);
    FloatVector sum2 = fromMemorySegment(SPECIES, bias, start + 2 * VECTOR, ORDER);
    FloatVector sum3 = fromMemorySegment(SPECIES, bias, start + 3 * VECTOR, ORDER);
    for (int k = 0; k < INPUTS; k++) {
      FloatVector xk =
          EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES)));
      long at = from + k * (4 * VECTOR);
      FloatVector w0 = fromMemorySegment(SPECIES, weights, at, ORDER);
      FloatVector w1 = fromMemorySegment(SPECIES, weights, at + VECTOR, ORDER);
      FloatVector w2 = fromMemorySegment(SPECIES, weights, at + 2 * VECTOR, ORDER);
      FloatVector w3 = fromMemorySegment(SPECIES, weights, at + 3 * VECTOR, ORDER);
      sum0 = FMA ? xk.fma(w0, sum0) : xk.mul(w0).add(sum0);
      sum1 = FMA ? xk.fma(w1, sum1) : xk.mul(w1).add(sum1);
      sum2 = FMA ? xk.fma(w2, sum2) : xk.mul(w2).add(sum2);
      sum3 = FMA ? xk.fma(w3, sum3) : xk.mul(w3).add(sum3);
    }
    EXACT.cast(sum0).intoMemorySegment(out, to, ORDER);
    EXACT.cast(sum1).intoMemorySegment(out, to + VECTOR, ORDER);
    EXACT.cast(sum2).intoMemorySegment(out, to + 2 * VECTOR, ORDER);
    EXACT.cast(sum3).intoMemorySegment(out, to + 3 * VECTOR, ORDER);
  }

  private static void tile2(
      MemorySegment weights,
      int vector,
      MemorySegment bias,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE
        || bias.getClass() != NATIVE
        || x.getClass() != NATIVE
        || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long from = vector * VECTOR * INPUTS;
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = fromMemorySegment(SPECIES, bias, start, ORDER);
    FloatVector sum1 = fromMemorySegment(SPECIES, bias, start + VECTOR, ORDER);
    for (int k = 0; k < INPUTS; k++) {
      FloatVector xk =
          EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES)));
      long at = from + k * (2 * VECTOR);
      FloatVector w0 = fromMemorySegment(SPECIES, weights, at, ORDER);
      FloatVector w1 = fromMemorySegment(SPECIES, weights, at + VECTOR, ORDER);
      sum0 = FMA ? xk.fma(w0, sum0) : xk.mul(w0).add(sum0);
      sum1 = FMA ? xk.fma(w1, sum1) : xk.mul(w1).add(sum1);
    }
    EXACT.cast(sum0).intoMemorySegment(out, to, ORDER);
    EXACT.cast(sum1).intoMemorySegment(out, to + VECTOR, ORDER);
  }

  private static void tile1(
      MemorySegment weights,
      int vector,
      MemorySegment bias,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE
        || bias.getClass() != NATIVE
        || x.getClass() != NATIVE
        || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long from = vector * VECTOR * INPUTS;
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = fromMemorySegment(SPECIES, bias, start, ORDER);
    for (int k = 0; k < INPUTS; k++) {
      FloatVector xk =
          EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES)));
      long at = from + k * (1 * VECTOR);
      FloatVector w0 = fromMemorySegment(SPECIES, weights, at, ORDER);
      sum0 = FMA ? xk.fma(w0, sum0) : xk.mul(w0).add(sum0);
    }
    EXACT.cast(sum0).intoMemorySegment(out, to, ORDER);
  }
}
