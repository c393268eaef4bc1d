// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.IntVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link MatVec} for INT8; a template like {@link VectorMatVec}, and written
 * out for the same reasons.
 *
 * <p>The sum is over integers as floats; the scale of the row multiplies it once at the end. A
 * weight costs a shift and a conversion, and every fourth one the conversion alone. On AMD cores
 * with AVX-512 shifts and conversions wait for the same units, multiply-adds and multiplications
 * for the others: hence one of the three shifts is a multiplication, which gains 15 %.
 */
final class VectorMatVecInt8 implements MatVec {
  private static final PackedGates LAYOUT =
      Specialization.shape(MethodHandles.lookup(), PackedGates.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(LAYOUT.lanes());
  private static final VectorSpecies<Integer> WORDS = Vectors.intSpecies(LAYOUT.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final Class<? extends IntVector> EXACT_INTS = Vectors.exactInts(WORDS);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final int QUADS = LAYOUT.inputs() / 4;

  /** Inputs behind the last four. */
  private static final int LAST = LAYOUT.inputs() % 4;

  private static final int TILES = LAYOUT.vectors() / PackedGates.TILE;
  private static final int REST = LAYOUT.vectors() % PackedGates.TILE;
  private static final long VECTOR = (long) LAYOUT.lanes() * Float.BYTES;
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
      lastInputs(weights, t * 8, 8, x, xOffset, out, outOffset);
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
      lastInputs(weights, vector, 4, x, xOffset, out, outOffset);
    }
    if ((REST & 2) != 0) {
      tile2(weights, vector + (REST & 4), x, xOffset, out, outOffset);
      lastInputs(weights, vector + (REST & 4), 2, x, xOffset, out, outOffset);
    }
    if ((REST & 1) != 0) {
      tile1(weights, vector + (REST & 6), x, xOffset, out, outOffset);
      lastInputs(weights, vector + (REST & 6), 1, x, xOffset, out, outOffset);
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
      FloatVector sum =
          EXACT.cast(FloatVector.fromMemorySegment(SPECIES, out, outOffset + at, ORDER));
      (FMA ? sum.fma(scale, addend) : sum.mul(scale).add(addend))
          .intoMemorySegment(out, outOffset + at, ORDER);
    }
  }

  /** Adds the products of up to three inputs that do not fill a word. */
  private static void lastInputs(
      MemorySegment weights,
      int vector,
      int width,
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE || x.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    if (LAST == 0) {
      return;
    }
    long from = (vector * (long) LAYOUT.words() + (long) QUADS * width) * VECTOR;
    long first = xOffset + QUADS * (4L * Float.BYTES);
    for (int v = 0; v < width; v++) {
      long to = outOffset + (vector + v) * VECTOR;
      IntVector w = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, from + v * VECTOR, ORDER));
      FloatVector sum = EXACT.cast(FloatVector.fromMemorySegment(SPECIES, out, to, ORDER));
      FloatVector x0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first)));
      FloatVector a = EXACT.cast(w.lanewise(LSHL, 24).convertShape(I2F, SPECIES, 0));
      sum = FMA ? x0.fma(a, sum) : x0.mul(a).add(sum);
      if (LAST > 1) {
        FloatVector x1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + Float.BYTES)));
        FloatVector b = EXACT.cast(w.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
        sum = FMA ? x1.fma(b, sum) : x1.mul(b).add(sum);
      }
      if (LAST > 2) {
        FloatVector x2 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + 2 * Float.BYTES)));
        FloatVector c = EXACT.cast(w.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
        sum = FMA ? x2.fma(c, sum) : x2.mul(c).add(sum);
      }
      EXACT.cast(sum).intoMemorySegment(out, to, ORDER);
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
    long from = vector * (long) LAYOUT.words() * VECTOR;
    long to = outOffset + vector * VECTOR;
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    FloatVector sum4 = sum0;
    FloatVector sum5 = sum0;
    FloatVector sum6 = sum0;
    FloatVector sum7 = sum0;
    for (int quad = 0; quad < QUADS; quad++) {
      long first = xOffset + quad * (4L * Float.BYTES);
      FloatVector x0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first)));
      FloatVector x1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + Float.BYTES)));
      FloatVector x2 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + 2 * Float.BYTES)));
      FloatVector x3 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + 3 * Float.BYTES)));
      long at = from + quad * (8 * VECTOR);
      IntVector w0 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at, ORDER));
      IntVector w1 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + VECTOR, ORDER));
      IntVector w2 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + 2 * VECTOR, ORDER));
      IntVector w3 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + 3 * VECTOR, ORDER));
      IntVector w4 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + 4 * VECTOR, ORDER));
      IntVector w5 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + 5 * VECTOR, ORDER));
      IntVector w6 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + 6 * VECTOR, ORDER));
      IntVector w7 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + 7 * VECTOR, ORDER));
      FloatVector a0 = EXACT.cast(w0.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x0.fma(a0, sum0) : x0.mul(a0).add(sum0);
      FloatVector a1 = EXACT.cast(w1.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x0.fma(a1, sum1) : x0.mul(a1).add(sum1);
      FloatVector a2 = EXACT.cast(w2.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum2 = FMA ? x0.fma(a2, sum2) : x0.mul(a2).add(sum2);
      FloatVector a3 = EXACT.cast(w3.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum3 = FMA ? x0.fma(a3, sum3) : x0.mul(a3).add(sum3);
      FloatVector a4 = EXACT.cast(w4.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum4 = FMA ? x0.fma(a4, sum4) : x0.mul(a4).add(sum4);
      FloatVector a5 = EXACT.cast(w5.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum5 = FMA ? x0.fma(a5, sum5) : x0.mul(a5).add(sum5);
      FloatVector a6 = EXACT.cast(w6.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum6 = FMA ? x0.fma(a6, sum6) : x0.mul(a6).add(sum6);
      FloatVector a7 = EXACT.cast(w7.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum7 = FMA ? x0.fma(a7, sum7) : x0.mul(a7).add(sum7);
      FloatVector b0 = EXACT.cast(w0.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x1.fma(b0, sum0) : x1.mul(b0).add(sum0);
      FloatVector b1 = EXACT.cast(w1.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x1.fma(b1, sum1) : x1.mul(b1).add(sum1);
      FloatVector b2 = EXACT.cast(w2.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum2 = FMA ? x1.fma(b2, sum2) : x1.mul(b2).add(sum2);
      FloatVector b3 = EXACT.cast(w3.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum3 = FMA ? x1.fma(b3, sum3) : x1.mul(b3).add(sum3);
      FloatVector b4 = EXACT.cast(w4.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum4 = FMA ? x1.fma(b4, sum4) : x1.mul(b4).add(sum4);
      FloatVector b5 = EXACT.cast(w5.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum5 = FMA ? x1.fma(b5, sum5) : x1.mul(b5).add(sum5);
      FloatVector b6 = EXACT.cast(w6.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum6 = FMA ? x1.fma(b6, sum6) : x1.mul(b6).add(sum6);
      FloatVector b7 = EXACT.cast(w7.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum7 = FMA ? x1.fma(b7, sum7) : x1.mul(b7).add(sum7);
      FloatVector c0 = EXACT.cast(w0.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x2.fma(c0, sum0) : x2.mul(c0).add(sum0);
      FloatVector c1 = EXACT.cast(w1.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x2.fma(c1, sum1) : x2.mul(c1).add(sum1);
      FloatVector c2 = EXACT.cast(w2.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum2 = FMA ? x2.fma(c2, sum2) : x2.mul(c2).add(sum2);
      FloatVector c3 = EXACT.cast(w3.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum3 = FMA ? x2.fma(c3, sum3) : x2.mul(c3).add(sum3);
      FloatVector c4 = EXACT.cast(w4.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum4 = FMA ? x2.fma(c4, sum4) : x2.mul(c4).add(sum4);
      FloatVector c5 = EXACT.cast(w5.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum5 = FMA ? x2.fma(c5, sum5) : x2.mul(c5).add(sum5);
      FloatVector c6 = EXACT.cast(w6.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum6 = FMA ? x2.fma(c6, sum6) : x2.mul(c6).add(sum6);
      FloatVector c7 = EXACT.cast(w7.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum7 = FMA ? x2.fma(c7, sum7) : x2.mul(c7).add(sum7);
      FloatVector d0 = EXACT.cast(w0.convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x3.fma(d0, sum0) : x3.mul(d0).add(sum0);
      FloatVector d1 = EXACT.cast(w1.convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x3.fma(d1, sum1) : x3.mul(d1).add(sum1);
      FloatVector d2 = EXACT.cast(w2.convertShape(I2F, SPECIES, 0));
      sum2 = FMA ? x3.fma(d2, sum2) : x3.mul(d2).add(sum2);
      FloatVector d3 = EXACT.cast(w3.convertShape(I2F, SPECIES, 0));
      sum3 = FMA ? x3.fma(d3, sum3) : x3.mul(d3).add(sum3);
      FloatVector d4 = EXACT.cast(w4.convertShape(I2F, SPECIES, 0));
      sum4 = FMA ? x3.fma(d4, sum4) : x3.mul(d4).add(sum4);
      FloatVector d5 = EXACT.cast(w5.convertShape(I2F, SPECIES, 0));
      sum5 = FMA ? x3.fma(d5, sum5) : x3.mul(d5).add(sum5);
      FloatVector d6 = EXACT.cast(w6.convertShape(I2F, SPECIES, 0));
      sum6 = FMA ? x3.fma(d6, sum6) : x3.mul(d6).add(sum6);
      FloatVector d7 = EXACT.cast(w7.convertShape(I2F, SPECIES, 0));
      sum7 = FMA ? x3.fma(d7, sum7) : x3.mul(d7).add(sum7);
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
      MemorySegment x,
      long xOffset,
      MemorySegment out,
      long outOffset) {
    if (weights.getClass() != NATIVE || x.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long from = vector * (long) LAYOUT.words() * VECTOR;
    long to = outOffset + vector * VECTOR;
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    for (int quad = 0; quad < QUADS; quad++) {
      long first = xOffset + quad * (4L * Float.BYTES);
      FloatVector x0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first)));
      FloatVector x1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + Float.BYTES)));
      FloatVector x2 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + 2 * Float.BYTES)));
      FloatVector x3 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + 3 * Float.BYTES)));
      long at = from + quad * (4 * VECTOR);
      IntVector w0 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at, ORDER));
      IntVector w1 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + VECTOR, ORDER));
      IntVector w2 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + 2 * VECTOR, ORDER));
      IntVector w3 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + 3 * VECTOR, ORDER));
      FloatVector a0 = EXACT.cast(w0.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x0.fma(a0, sum0) : x0.mul(a0).add(sum0);
      FloatVector a1 = EXACT.cast(w1.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x0.fma(a1, sum1) : x0.mul(a1).add(sum1);
      FloatVector a2 = EXACT.cast(w2.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum2 = FMA ? x0.fma(a2, sum2) : x0.mul(a2).add(sum2);
      FloatVector a3 = EXACT.cast(w3.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum3 = FMA ? x0.fma(a3, sum3) : x0.mul(a3).add(sum3);
      FloatVector b0 = EXACT.cast(w0.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x1.fma(b0, sum0) : x1.mul(b0).add(sum0);
      FloatVector b1 = EXACT.cast(w1.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x1.fma(b1, sum1) : x1.mul(b1).add(sum1);
      FloatVector b2 = EXACT.cast(w2.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum2 = FMA ? x1.fma(b2, sum2) : x1.mul(b2).add(sum2);
      FloatVector b3 = EXACT.cast(w3.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum3 = FMA ? x1.fma(b3, sum3) : x1.mul(b3).add(sum3);
      FloatVector c0 = EXACT.cast(w0.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x2.fma(c0, sum0) : x2.mul(c0).add(sum0);
      FloatVector c1 = EXACT.cast(w1.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x2.fma(c1, sum1) : x2.mul(c1).add(sum1);
      FloatVector c2 = EXACT.cast(w2.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum2 = FMA ? x2.fma(c2, sum2) : x2.mul(c2).add(sum2);
      FloatVector c3 = EXACT.cast(w3.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum3 = FMA ? x2.fma(c3, sum3) : x2.mul(c3).add(sum3);
      FloatVector d0 = EXACT.cast(w0.convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x3.fma(d0, sum0) : x3.mul(d0).add(sum0);
      FloatVector d1 = EXACT.cast(w1.convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x3.fma(d1, sum1) : x3.mul(d1).add(sum1);
      FloatVector d2 = EXACT.cast(w2.convertShape(I2F, SPECIES, 0));
      sum2 = FMA ? x3.fma(d2, sum2) : x3.mul(d2).add(sum2);
      FloatVector d3 = EXACT.cast(w3.convertShape(I2F, SPECIES, 0));
      sum3 = FMA ? x3.fma(d3, sum3) : x3.mul(d3).add(sum3);
    }
    EXACT.cast(sum0).intoMemorySegment(out, to, ORDER);
    EXACT.cast(sum1).intoMemorySegment(out, to + VECTOR, ORDER);
    EXACT.cast(sum2).intoMemorySegment(out, to + 2 * VECTOR, ORDER);
    EXACT.cast(sum3).intoMemorySegment(out, to + 3 * VECTOR, ORDER);
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
    long from = vector * (long) LAYOUT.words() * VECTOR;
    long to = outOffset + vector * VECTOR;
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    for (int quad = 0; quad < QUADS; quad++) {
      long first = xOffset + quad * (4L * Float.BYTES);
      FloatVector x0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first)));
      FloatVector x1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + Float.BYTES)));
      FloatVector x2 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + 2 * Float.BYTES)));
      FloatVector x3 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + 3 * Float.BYTES)));
      long at = from + quad * (2 * VECTOR);
      IntVector w0 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at, ORDER));
      IntVector w1 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at + VECTOR, ORDER));
      FloatVector a0 = EXACT.cast(w0.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x0.fma(a0, sum0) : x0.mul(a0).add(sum0);
      FloatVector a1 = EXACT.cast(w1.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x0.fma(a1, sum1) : x0.mul(a1).add(sum1);
      FloatVector b0 = EXACT.cast(w0.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x1.fma(b0, sum0) : x1.mul(b0).add(sum0);
      FloatVector b1 = EXACT.cast(w1.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x1.fma(b1, sum1) : x1.mul(b1).add(sum1);
      FloatVector c0 = EXACT.cast(w0.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x2.fma(c0, sum0) : x2.mul(c0).add(sum0);
      FloatVector c1 = EXACT.cast(w1.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x2.fma(c1, sum1) : x2.mul(c1).add(sum1);
      FloatVector d0 = EXACT.cast(w0.convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x3.fma(d0, sum0) : x3.mul(d0).add(sum0);
      FloatVector d1 = EXACT.cast(w1.convertShape(I2F, SPECIES, 0));
      sum1 = FMA ? x3.fma(d1, sum1) : x3.mul(d1).add(sum1);
    }
    EXACT.cast(sum0).intoMemorySegment(out, to, ORDER);
    EXACT.cast(sum1).intoMemorySegment(out, to + VECTOR, ORDER);
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
    long from = vector * (long) LAYOUT.words() * VECTOR;
    long to = outOffset + vector * VECTOR;
    FloatVector sum0 = FloatVector.zero(SPECIES);
    for (int quad = 0; quad < QUADS; quad++) {
      long first = xOffset + quad * (4L * Float.BYTES);
      FloatVector x0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first)));
      FloatVector x1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + Float.BYTES)));
      FloatVector x2 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + 2 * Float.BYTES)));
      FloatVector x3 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + 3 * Float.BYTES)));
      long at = from + quad * (1 * VECTOR);
      IntVector w0 = EXACT_INTS.cast(fromMemorySegment(WORDS, weights, at, ORDER));
      FloatVector a0 = EXACT.cast(w0.mul(1 << 24).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x0.fma(a0, sum0) : x0.mul(a0).add(sum0);
      FloatVector b0 = EXACT.cast(w0.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x1.fma(b0, sum0) : x1.mul(b0).add(sum0);
      FloatVector c0 = EXACT.cast(w0.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x2.fma(c0, sum0) : x2.mul(c0).add(sum0);
      FloatVector d0 = EXACT.cast(w0.convertShape(I2F, SPECIES, 0));
      sum0 = FMA ? x3.fma(d0, sum0) : x3.mul(d0).add(sum0);
    }
    EXACT.cast(sum0).intoMemorySegment(out, to, ORDER);
  }
}
