// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.IntVector.fromMemorySegment;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link MatVec} for BFLOAT16; a template like {@link VectorMatVec}, and
 * written out for the same reasons.
 *
 * <p>A 32-bit lane holds the weights of two inputs. A bfloat16 is the upper half of a float, so a
 * shift makes a float of the first; the word as it stands is one for the second ({@link
 * PackedGates}). One load and one instruction for 32 weights, where widening takes two for each 16.
 */
final class VectorMatVecBf16 implements MatVec {
  private static final PackedGates LAYOUT =
      Specialization.shape(MethodHandles.lookup(), PackedGates.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(LAYOUT.lanes());
  private static final VectorSpecies<Integer> PAIRS = Vectors.intSpecies(LAYOUT.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final Class<? extends IntVector> EXACT_INTS = Vectors.exactInts(PAIRS);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final int INPUTS = LAYOUT.inputs();
  private static final int TILES = LAYOUT.vectors() / PackedGates.TILE;
  private static final int REST = LAYOUT.vectors() % PackedGates.TILE;
  private static final long VECTOR = (long) LAYOUT.lanes() * Float.BYTES;

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
    long from = vector * VECTOR * LAYOUT.words();
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = FloatVector.fromMemorySegment(SPECIES, bias, start, ORDER);
    FloatVector sum1 = FloatVector.fromMemorySegment(SPECIES, bias, start + VECTOR, ORDER);
    FloatVector sum2 = FloatVector.fromMemorySegment(SPECIES, bias, start + 2 * VECTOR, ORDER);
    FloatVector sum3 = FloatVector.fromMemorySegment(SPECIES, bias, start + 3 * VECTOR, ORDER);
    FloatVector sum4 = FloatVector.fromMemorySegment(SPECIES, bias, start + 4 * VECTOR, ORDER);
    FloatVector sum5 = FloatVector.fromMemorySegment(SPECIES, bias, start + 5 * VECTOR, ORDER);
    FloatVector sum6 = FloatVector.fromMemorySegment(SPECIES, bias, start + 6 * VECTOR, ORDER);
    FloatVector sum7 = FloatVector.fromMemorySegment(SPECIES, bias, start + 7 * VECTOR, ORDER);
    for (int pair = 0; pair < INPUTS / 2; pair++) {
      long first = xOffset + (long) pair * (2 * Float.BYTES);
      FloatVector x0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first)));
      FloatVector x1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + Float.BYTES)));
      long at = from + pair * (8 * VECTOR);
      IntVector w0 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at, ORDER));
      IntVector w1 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + VECTOR, ORDER));
      IntVector w2 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + 2 * VECTOR, ORDER));
      IntVector w3 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + 3 * VECTOR, ORDER));
      IntVector w4 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + 4 * VECTOR, ORDER));
      IntVector w5 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + 5 * VECTOR, ORDER));
      IntVector w6 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + 6 * VECTOR, ORDER));
      IntVector w7 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + 7 * VECTOR, ORDER));
      FloatVector a0 = w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum0 = FMA ? x0.fma(a0, sum0) : x0.mul(a0).add(sum0);
      FloatVector a1 = w1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum1 = FMA ? x0.fma(a1, sum1) : x0.mul(a1).add(sum1);
      FloatVector a2 = w2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum2 = FMA ? x0.fma(a2, sum2) : x0.mul(a2).add(sum2);
      FloatVector a3 = w3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum3 = FMA ? x0.fma(a3, sum3) : x0.mul(a3).add(sum3);
      FloatVector a4 = w4.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum4 = FMA ? x0.fma(a4, sum4) : x0.mul(a4).add(sum4);
      FloatVector a5 = w5.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum5 = FMA ? x0.fma(a5, sum5) : x0.mul(a5).add(sum5);
      FloatVector a6 = w6.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum6 = FMA ? x0.fma(a6, sum6) : x0.mul(a6).add(sum6);
      FloatVector a7 = w7.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum7 = FMA ? x0.fma(a7, sum7) : x0.mul(a7).add(sum7);
      FloatVector b0 = w0.reinterpretAsFloats();
      sum0 = FMA ? x1.fma(b0, sum0) : x1.mul(b0).add(sum0);
      FloatVector b1 = w1.reinterpretAsFloats();
      sum1 = FMA ? x1.fma(b1, sum1) : x1.mul(b1).add(sum1);
      FloatVector b2 = w2.reinterpretAsFloats();
      sum2 = FMA ? x1.fma(b2, sum2) : x1.mul(b2).add(sum2);
      FloatVector b3 = w3.reinterpretAsFloats();
      sum3 = FMA ? x1.fma(b3, sum3) : x1.mul(b3).add(sum3);
      FloatVector b4 = w4.reinterpretAsFloats();
      sum4 = FMA ? x1.fma(b4, sum4) : x1.mul(b4).add(sum4);
      FloatVector b5 = w5.reinterpretAsFloats();
      sum5 = FMA ? x1.fma(b5, sum5) : x1.mul(b5).add(sum5);
      FloatVector b6 = w6.reinterpretAsFloats();
      sum6 = FMA ? x1.fma(b6, sum6) : x1.mul(b6).add(sum6);
      FloatVector b7 = w7.reinterpretAsFloats();
      sum7 = FMA ? x1.fma(b7, sum7) : x1.mul(b7).add(sum7);
    }
    if (INPUTS % 2 != 0) {
      FloatVector last =
          EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (INPUTS - 1L) * Float.BYTES)));
      long at = from + INPUTS / 2 * (8 * VECTOR);
      FloatVector w0 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum0 = FMA ? last.fma(w0, sum0) : last.mul(w0).add(sum0);
      FloatVector w1 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum1 = FMA ? last.fma(w1, sum1) : last.mul(w1).add(sum1);
      FloatVector w2 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + 2 * VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum2 = FMA ? last.fma(w2, sum2) : last.mul(w2).add(sum2);
      FloatVector w3 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + 3 * VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum3 = FMA ? last.fma(w3, sum3) : last.mul(w3).add(sum3);
      FloatVector w4 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + 4 * VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum4 = FMA ? last.fma(w4, sum4) : last.mul(w4).add(sum4);
      FloatVector w5 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + 5 * VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum5 = FMA ? last.fma(w5, sum5) : last.mul(w5).add(sum5);
      FloatVector w6 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + 6 * VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum6 = FMA ? last.fma(w6, sum6) : last.mul(w6).add(sum6);
      FloatVector w7 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + 7 * VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum7 = FMA ? last.fma(w7, sum7) : last.mul(w7).add(sum7);
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
    long from = vector * VECTOR * LAYOUT.words();
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = FloatVector.fromMemorySegment(SPECIES, bias, start, ORDER);
    FloatVector sum1 = FloatVector.fromMemorySegment(SPECIES, bias, start + VECTOR, ORDER);
    FloatVector sum2 = FloatVector.fromMemorySegment(SPECIES, bias, start + 2 * VECTOR, ORDER);
    FloatVector sum3 = FloatVector.fromMemorySegment(SPECIES, bias, start + 3 * VECTOR, ORDER);
    for (int pair = 0; pair < INPUTS / 2; pair++) {
      long first = xOffset + (long) pair * (2 * Float.BYTES);
      FloatVector x0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first)));
      FloatVector x1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + Float.BYTES)));
      long at = from + pair * (4 * VECTOR);
      IntVector w0 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at, ORDER));
      IntVector w1 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + VECTOR, ORDER));
      IntVector w2 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + 2 * VECTOR, ORDER));
      IntVector w3 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + 3 * VECTOR, ORDER));
      FloatVector a0 = w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum0 = FMA ? x0.fma(a0, sum0) : x0.mul(a0).add(sum0);
      FloatVector a1 = w1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum1 = FMA ? x0.fma(a1, sum1) : x0.mul(a1).add(sum1);
      FloatVector a2 = w2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum2 = FMA ? x0.fma(a2, sum2) : x0.mul(a2).add(sum2);
      FloatVector a3 = w3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum3 = FMA ? x0.fma(a3, sum3) : x0.mul(a3).add(sum3);
      FloatVector b0 = w0.reinterpretAsFloats();
      sum0 = FMA ? x1.fma(b0, sum0) : x1.mul(b0).add(sum0);
      FloatVector b1 = w1.reinterpretAsFloats();
      sum1 = FMA ? x1.fma(b1, sum1) : x1.mul(b1).add(sum1);
      FloatVector b2 = w2.reinterpretAsFloats();
      sum2 = FMA ? x1.fma(b2, sum2) : x1.mul(b2).add(sum2);
      FloatVector b3 = w3.reinterpretAsFloats();
      sum3 = FMA ? x1.fma(b3, sum3) : x1.mul(b3).add(sum3);
    }
    if (INPUTS % 2 != 0) {
      FloatVector last =
          EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (INPUTS - 1L) * Float.BYTES)));
      long at = from + INPUTS / 2 * (4 * VECTOR);
      FloatVector w0 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum0 = FMA ? last.fma(w0, sum0) : last.mul(w0).add(sum0);
      FloatVector w1 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum1 = FMA ? last.fma(w1, sum1) : last.mul(w1).add(sum1);
      FloatVector w2 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + 2 * VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum2 = FMA ? last.fma(w2, sum2) : last.mul(w2).add(sum2);
      FloatVector w3 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + 3 * VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum3 = FMA ? last.fma(w3, sum3) : last.mul(w3).add(sum3);
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
    long from = vector * VECTOR * LAYOUT.words();
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = FloatVector.fromMemorySegment(SPECIES, bias, start, ORDER);
    FloatVector sum1 = FloatVector.fromMemorySegment(SPECIES, bias, start + VECTOR, ORDER);
    for (int pair = 0; pair < INPUTS / 2; pair++) {
      long first = xOffset + (long) pair * (2 * Float.BYTES);
      FloatVector x0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first)));
      FloatVector x1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + Float.BYTES)));
      long at = from + pair * (2 * VECTOR);
      IntVector w0 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at, ORDER));
      IntVector w1 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at + VECTOR, ORDER));
      FloatVector a0 = w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum0 = FMA ? x0.fma(a0, sum0) : x0.mul(a0).add(sum0);
      FloatVector a1 = w1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum1 = FMA ? x0.fma(a1, sum1) : x0.mul(a1).add(sum1);
      FloatVector b0 = w0.reinterpretAsFloats();
      sum0 = FMA ? x1.fma(b0, sum0) : x1.mul(b0).add(sum0);
      FloatVector b1 = w1.reinterpretAsFloats();
      sum1 = FMA ? x1.fma(b1, sum1) : x1.mul(b1).add(sum1);
    }
    if (INPUTS % 2 != 0) {
      FloatVector last =
          EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (INPUTS - 1L) * Float.BYTES)));
      long at = from + INPUTS / 2 * (2 * VECTOR);
      FloatVector w0 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum0 = FMA ? last.fma(w0, sum0) : last.mul(w0).add(sum0);
      FloatVector w1 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at + VECTOR, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum1 = FMA ? last.fma(w1, sum1) : last.mul(w1).add(sum1);
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
    long from = vector * VECTOR * LAYOUT.words();
    long start = vector * VECTOR;
    long to = outOffset + start;
    FloatVector sum0 = FloatVector.fromMemorySegment(SPECIES, bias, start, ORDER);
    for (int pair = 0; pair < INPUTS / 2; pair++) {
      long first = xOffset + (long) pair * (2 * Float.BYTES);
      FloatVector x0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first)));
      FloatVector x1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, first + Float.BYTES)));
      long at = from + pair * (1 * VECTOR);
      IntVector w0 = EXACT_INTS.cast(fromMemorySegment(PAIRS, weights, at, ORDER));
      FloatVector a0 = w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum0 = FMA ? x0.fma(a0, sum0) : x0.mul(a0).add(sum0);
      FloatVector b0 = w0.reinterpretAsFloats();
      sum0 = FMA ? x1.fma(b0, sum0) : x1.mul(b0).add(sum0);
    }
    if (INPUTS % 2 != 0) {
      FloatVector last =
          EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, xOffset + (INPUTS - 1L) * Float.BYTES)));
      long at = from + INPUTS / 2 * (1 * VECTOR);
      FloatVector w0 =
          EXACT_INTS
              .cast(fromMemorySegment(PAIRS, weights, at, ORDER))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats();
      sum0 = FMA ? last.fma(w0, sum0) : last.mul(w0).add(sum0);
    }
    EXACT.cast(sum0).intoMemorySegment(out, to, ORDER);
  }
}
