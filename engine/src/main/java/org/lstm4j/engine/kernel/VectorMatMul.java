// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.lstm4j.engine.WeightStorage;

/**
 * The vector kernel of {@link MatMul}; a template that {@link Specialization} defines once for each
 * shape.
 *
 * <p>All rows pass by a few vectors of weights, four rows at a time: 16 accumulators share four
 * loaded weights and four broadcast inputs, so that arithmetic is the limit and not loads. On an
 * Intel core with AVX-512 that reaches 68 % of its multiply-adds, 8 x 2 accumulators 65 %. 6 x 4
 * reach 79 %, but the first compiler gives up on a method of that size (see the package
 * description). Where there are 16 vector registers only, two vectors of weights at a time leave
 * none in memory. Weights that are not FLOAT32 are unpacked to scratch memory first, once for all
 * rows.
 *
 * <p>The loops are written out, once for each number of vectors, for the reasons that {@link
 * VectorMatVec} gives.
 *
 * <p>Where rows are missing to four, the last one fills their places: it is computed and written
 * again, with the same result.
 */
final class VectorMatMul implements MatMul {
  private static final PackedGates LAYOUT =
      Specialization.shape(MethodHandles.lookup(), PackedGates.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(LAYOUT.lanes());
  private static final VectorSpecies<Integer> WORDS = Vectors.intSpecies(LAYOUT.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final Class<? extends IntVector> EXACT_INTS = Vectors.exactInts(WORDS);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;
  private static final WeightStorage STORAGE = LAYOUT.storage();

  private static final int INPUTS = LAYOUT.inputs();
  private static final int VECTORS = LAYOUT.vectors();
  private static final int LANES = LAYOUT.lanes();
  private static final long VECTOR = (long) LANES * Float.BYTES;

  /** Vectors of weights at a time. */
  private static final int SIDE = Vectors.hasManyRegisters() ? MAX_SIDE : 2;

  /**
   * Inputs at a time; sums wait in the output meanwhile, which rounds nothing. 1120 rows of 2048
   * inputs, the way back of 512 units, reach 104 GFLOP/s so, and 80 in one go, as rows lie so far
   * apart. In pieces that fit into the first cache, of 96, all sizes lose 3 %.
   */
  private static final int DEPTH = 512;

  /** Whether sums start from the output, which has the bias then, or from the bias itself. */
  private static final boolean SPLIT = INPUTS > DEPTH && STORAGE != WeightStorage.INT8;

  @Override
  public void apply(
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment scratch,
      MemorySegment x,
      long xOffset,
      long xStride,
      MemorySegment out,
      long outOffset,
      long outStride,
      int rows,
      int firstTile,
      int endTile) {
    int tile = firstTile * PackedGates.TILE;
    while (tile < Math.min(endTile * PackedGates.TILE, VECTORS)) {
      int width = Math.min(PackedGates.TILE, Integer.highestOneBit(VECTORS - tile));
      int side = Math.min(width, SIDE);
      for (int vector = tile; vector < tile + width; vector += side) {
        MemorySegment block = weights;
        long from = ((long) tile * INPUTS + (vector - tile)) * VECTOR;
        long stride = width * VECTOR;
        if (STORAGE != WeightStorage.FLOAT32) {
          unpack(weights, tile, width, vector - tile, side, scratch);
          block = scratch;
          from = 0;
          stride = side * VECTOR;
        }
        long start = vector * VECTOR;
        long to = outOffset + start;
        multiply(
            block, from, stride, side, bias, start, x, xOffset, xStride, out, to, outStride, rows);
        if (STORAGE == WeightStorage.INT8) {
          finish(weights, bias, start, side, out, to, outStride, rows);
        }
      }
      tile += width;
    }
  }

  /** Makes floats of the weights of some vectors of a tile. */
  private static void unpack(
      MemorySegment weights, int tile, int width, int vector, int side, MemorySegment scratch) {
    long from = ((long) tile * LAYOUT.words() + vector) * VECTOR;
    if (STORAGE == WeightStorage.BFLOAT16) {
      unpackBf16(weights, from, width * VECTOR, side, scratch);
    } else {
      unpackInt8(weights, from, width * VECTOR, side, scratch);
    }
  }

  /** An odd last input leaves a row of zeros behind it, which is not read. */
  private static void unpackBf16(
      MemorySegment weights, long from, long stride, int side, MemorySegment scratch) {
    if (weights.getClass() != NATIVE || scratch.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    for (int word = 0; word < LAYOUT.words(); word++) {
      for (int v = 0; v < side; v++) {
        long at = from + word * stride + v * VECTOR;
        IntVector w = EXACT_INTS.cast(IntVector.fromMemorySegment(WORDS, weights, at, ORDER));
        long to = (2L * word * side + v) * VECTOR;
        EXACT
            .cast(w.lanewise(LSHL, 16).reinterpretAsFloats())
            .intoMemorySegment(scratch, to, ORDER);
        EXACT.cast(w.reinterpretAsFloats()).intoMemorySegment(scratch, to + side * VECTOR, ORDER);
      }
    }
  }

  /** Inputs that are missing to four leave rows behind the last one, which are not read. */
  private static void unpackInt8(
      MemorySegment weights, long from, long stride, int side, MemorySegment scratch) {
    if (weights.getClass() != NATIVE || scratch.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long next = side * VECTOR;
    for (int word = 0; word < LAYOUT.words(); word++) {
      for (int v = 0; v < side; v++) {
        long at = from + word * stride + v * VECTOR;
        IntVector w = EXACT_INTS.cast(IntVector.fromMemorySegment(WORDS, weights, at, ORDER));
        long to = (4L * word * side + v) * VECTOR;
        FloatVector w0 = EXACT.cast(w.lanewise(LSHL, 24).convertShape(I2F, SPECIES, 0));
        FloatVector w1 = EXACT.cast(w.lanewise(LSHL, 16).convertShape(I2F, SPECIES, 0));
        FloatVector w2 = EXACT.cast(w.lanewise(LSHL, 8).convertShape(I2F, SPECIES, 0));
        FloatVector w3 = EXACT.cast(w.convertShape(I2F, SPECIES, 0));
        w0.intoMemorySegment(scratch, to, ORDER);
        w1.intoMemorySegment(scratch, to + next, ORDER);
        w2.intoMemorySegment(scratch, to + 2 * next, ORDER);
        w3.intoMemorySegment(scratch, to + 3 * next, ORDER);
      }
    }
  }

  /** Multiplies sums by the scales of their outputs and adds the bias. */
  private static void finish(
      MemorySegment weights,
      MemorySegment bias,
      long start,
      int side,
      MemorySegment out,
      long to,
      long outStride,
      int rows) {
    if (weights.getClass() != NATIVE || bias.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    for (int v = 0; v < side; v++) {
      long at = start + v * VECTOR;
      FloatVector scale = fromMemorySegment(SPECIES, weights, LAYOUT.scalesOffset() + at, ORDER);
      FloatVector addend = fromMemorySegment(SPECIES, bias, at, ORDER);
      for (int r = 0; r < rows; r++) {
        long place = to + r * outStride + v * VECTOR;
        FloatVector sum = EXACT.cast(fromMemorySegment(SPECIES, out, place, ORDER));
        (FMA ? sum.fma(scale, addend) : sum.mul(scale).add(addend))
            .intoMemorySegment(out, place, ORDER);
      }
    }
  }

  private static void copyBias(
      MemorySegment bias,
      long start,
      int side,
      MemorySegment out,
      long to,
      long outStride,
      int rows) {
    for (int r = 0; r < rows; r++) {
      MemorySegment.copy(bias, start, out, to + r * outStride, side * VECTOR);
    }
  }

  /** All rows by some vectors of weights. */
  private static void multiply(
      MemorySegment block,
      long from,
      long stride,
      int side,
      MemorySegment bias,
      long start,
      MemorySegment x,
      long xOffset,
      long xStride,
      MemorySegment out,
      long to,
      long outStride,
      int rows) {
    if (SPLIT) {
      copyBias(bias, start, side, out, to, outStride, rows);
    }
    int depth = SPLIT ? DEPTH : INPUTS;
    for (int k = 0; k < INPUTS; k += depth) {
      int end = Math.min(k + depth, INPUTS);
      for (int r = 0; r < rows; r += 4) {
        int last = rows - 1 - r;
        long x0 = xOffset + r * xStride;
        long x1 = x0 + Math.min(1, last) * xStride;
        long x2 = x0 + Math.min(2, last) * xStride;
        long x3 = x0 + Math.min(3, last) * xStride;
        long to0 = to + r * outStride;
        long to1 = to0 + Math.min(1, last) * outStride;
        long to2 = to0 + Math.min(2, last) * outStride;
        long to3 = to0 + Math.min(3, last) * outStride;
        switch (side) {
          case 4 ->
              rows4vectors4(
                  block, from, stride, bias, start, k, end, x, x0, x1, x2, x3, out, to0, to1, to2,
                  to3);
          case 2 ->
              rows4vectors2(
                  block, from, stride, bias, start, k, end, x, x0, x1, x2, x3, out, to0, to1, to2,
                  to3);
          default ->
              rows4vectors1(
                  block, from, stride, bias, start, k, end, x, x0, x1, x2, x3, out, to0, to1, to2,
                  to3);
        }
      }
    }
  }

  private static void rows4vectors4(
      MemorySegment block,
      long from,
      long stride,
      MemorySegment bias,
      long start,
      int firstInput,
      int endInput,
      MemorySegment x,
      long x0,
      long x1,
      long x2,
      long x3,
      MemorySegment out,
      long to0,
      long to1,
      long to2,
      long to3) {
    if (block.getClass() != NATIVE
        || bias.getClass() != NATIVE
        || x.getClass() != NATIVE
        || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    MemorySegment sums = SPLIT ? out : bias;
    long at0 = SPLIT ? to0 : start;
    FloatVector sum00 =
        STORAGE == WeightStorage.INT8
            ? FloatVector.zero(SPECIES)
            : fromMemorySegment(SPECIES, sums, at0, ORDER);
    FloatVector sum01 =
        STORAGE == WeightStorage.INT8
            ? FloatVector.zero(SPECIES)
            : fromMemorySegment(SPECIES, sums, at0 + VECTOR, ORDER);
    FloatVector sum02 =
        STORAGE == WeightStorage.INT8
            ? FloatVector.zero(SPECIES)
            : fromMemorySegment(SPECIES, sums, at0 + 2 * VECTOR, ORDER);
    FloatVector sum03 =
        STORAGE == WeightStorage.INT8
            ? FloatVector.zero(SPECIES)
            : fromMemorySegment(SPECIES, sums, at0 + 3 * VECTOR, ORDER);
    FloatVector sum10 = SPLIT ? fromMemorySegment(SPECIES, out, to1, ORDER) : sum00;
    FloatVector sum11 = SPLIT ? fromMemorySegment(SPECIES, out, to1 + VECTOR, ORDER) : sum01;
    FloatVector sum12 = SPLIT ? fromMemorySegment(SPECIES, out, to1 + 2 * VECTOR, ORDER) : sum02;
    FloatVector sum13 = SPLIT ? fromMemorySegment(SPECIES, out, to1 + 3 * VECTOR, ORDER) : sum03;
    FloatVector sum20 = SPLIT ? fromMemorySegment(SPECIES, out, to2, ORDER) : sum00;
    FloatVector sum21 = SPLIT ? fromMemorySegment(SPECIES, out, to2 + VECTOR, ORDER) : sum01;
    FloatVector sum22 = SPLIT ? fromMemorySegment(SPECIES, out, to2 + 2 * VECTOR, ORDER) : sum02;
    FloatVector sum23 = SPLIT ? fromMemorySegment(SPECIES, out, to2 + 3 * VECTOR, ORDER) : sum03;
    FloatVector sum30 = SPLIT ? fromMemorySegment(SPECIES, out, to3, ORDER) : sum00;
    FloatVector sum31 = SPLIT ? fromMemorySegment(SPECIES, out, to3 + VECTOR, ORDER) : sum01;
    FloatVector sum32 = SPLIT ? fromMemorySegment(SPECIES, out, to3 + 2 * VECTOR, ORDER) : sum02;
    FloatVector sum33 = SPLIT ? fromMemorySegment(SPECIES, out, to3 + 3 * VECTOR, ORDER) : sum03;
    for (int k = firstInput; k < endInput; k++) {
      long at = from + k * stride;
      FloatVector w0 = fromMemorySegment(SPECIES, block, at, ORDER);
      FloatVector w1 = fromMemorySegment(SPECIES, block, at + VECTOR, ORDER);
      FloatVector w2 = fromMemorySegment(SPECIES, block, at + 2 * VECTOR, ORDER);
      FloatVector w3 = fromMemorySegment(SPECIES, block, at + 3 * VECTOR, ORDER);
      long input = (long) k * Float.BYTES;
      FloatVector in0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x0 + input)));
      sum00 = FMA ? in0.fma(w0, sum00) : in0.mul(w0).add(sum00);
      sum01 = FMA ? in0.fma(w1, sum01) : in0.mul(w1).add(sum01);
      sum02 = FMA ? in0.fma(w2, sum02) : in0.mul(w2).add(sum02);
      sum03 = FMA ? in0.fma(w3, sum03) : in0.mul(w3).add(sum03);
      FloatVector in1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x1 + input)));
      sum10 = FMA ? in1.fma(w0, sum10) : in1.mul(w0).add(sum10);
      sum11 = FMA ? in1.fma(w1, sum11) : in1.mul(w1).add(sum11);
      sum12 = FMA ? in1.fma(w2, sum12) : in1.mul(w2).add(sum12);
      sum13 = FMA ? in1.fma(w3, sum13) : in1.mul(w3).add(sum13);
      FloatVector in2 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x2 + input)));
      sum20 = FMA ? in2.fma(w0, sum20) : in2.mul(w0).add(sum20);
      sum21 = FMA ? in2.fma(w1, sum21) : in2.mul(w1).add(sum21);
      sum22 = FMA ? in2.fma(w2, sum22) : in2.mul(w2).add(sum22);
      sum23 = FMA ? in2.fma(w3, sum23) : in2.mul(w3).add(sum23);
      FloatVector in3 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x3 + input)));
      sum30 = FMA ? in3.fma(w0, sum30) : in3.mul(w0).add(sum30);
      sum31 = FMA ? in3.fma(w1, sum31) : in3.mul(w1).add(sum31);
      sum32 = FMA ? in3.fma(w2, sum32) : in3.mul(w2).add(sum32);
      sum33 = FMA ? in3.fma(w3, sum33) : in3.mul(w3).add(sum33);
    }
    EXACT.cast(sum00).intoMemorySegment(out, to0, ORDER);
    EXACT.cast(sum01).intoMemorySegment(out, to0 + VECTOR, ORDER);
    EXACT.cast(sum02).intoMemorySegment(out, to0 + 2 * VECTOR, ORDER);
    EXACT.cast(sum03).intoMemorySegment(out, to0 + 3 * VECTOR, ORDER);
    EXACT.cast(sum10).intoMemorySegment(out, to1, ORDER);
    EXACT.cast(sum11).intoMemorySegment(out, to1 + VECTOR, ORDER);
    EXACT.cast(sum12).intoMemorySegment(out, to1 + 2 * VECTOR, ORDER);
    EXACT.cast(sum13).intoMemorySegment(out, to1 + 3 * VECTOR, ORDER);
    EXACT.cast(sum20).intoMemorySegment(out, to2, ORDER);
    EXACT.cast(sum21).intoMemorySegment(out, to2 + VECTOR, ORDER);
    EXACT.cast(sum22).intoMemorySegment(out, to2 + 2 * VECTOR, ORDER);
    EXACT.cast(sum23).intoMemorySegment(out, to2 + 3 * VECTOR, ORDER);
    EXACT.cast(sum30).intoMemorySegment(out, to3, ORDER);
    EXACT.cast(sum31).intoMemorySegment(out, to3 + VECTOR, ORDER);
    EXACT.cast(sum32).intoMemorySegment(out, to3 + 2 * VECTOR, ORDER);
    EXACT.cast(sum33).intoMemorySegment(out, to3 + 3 * VECTOR, ORDER);
  }

  private static void rows4vectors2(
      MemorySegment block,
      long from,
      long stride,
      MemorySegment bias,
      long start,
      int firstInput,
      int endInput,
      MemorySegment x,
      long x0,
      long x1,
      long x2,
      long x3,
      MemorySegment out,
      long to0,
      long to1,
      long to2,
      long to3) {
    if (block.getClass() != NATIVE
        || bias.getClass() != NATIVE
        || x.getClass() != NATIVE
        || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    MemorySegment sums = SPLIT ? out : bias;
    long at0 = SPLIT ? to0 : start;
    FloatVector sum00 =
        STORAGE == WeightStorage.INT8
            ? FloatVector.zero(SPECIES)
            : fromMemorySegment(SPECIES, sums, at0, ORDER);
    FloatVector sum01 =
        STORAGE == WeightStorage.INT8
            ? FloatVector.zero(SPECIES)
            : fromMemorySegment(SPECIES, sums, at0 + VECTOR, ORDER);
    FloatVector sum10 = SPLIT ? fromMemorySegment(SPECIES, out, to1, ORDER) : sum00;
    FloatVector sum11 = SPLIT ? fromMemorySegment(SPECIES, out, to1 + VECTOR, ORDER) : sum01;
    FloatVector sum20 = SPLIT ? fromMemorySegment(SPECIES, out, to2, ORDER) : sum00;
    FloatVector sum21 = SPLIT ? fromMemorySegment(SPECIES, out, to2 + VECTOR, ORDER) : sum01;
    FloatVector sum30 = SPLIT ? fromMemorySegment(SPECIES, out, to3, ORDER) : sum00;
    FloatVector sum31 = SPLIT ? fromMemorySegment(SPECIES, out, to3 + VECTOR, ORDER) : sum01;
    for (int k = firstInput; k < endInput; k++) {
      long at = from + k * stride;
      FloatVector w0 = fromMemorySegment(SPECIES, block, at, ORDER);
      FloatVector w1 = fromMemorySegment(SPECIES, block, at + VECTOR, ORDER);
      long input = (long) k * Float.BYTES;
      FloatVector in0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x0 + input)));
      sum00 = FMA ? in0.fma(w0, sum00) : in0.mul(w0).add(sum00);
      sum01 = FMA ? in0.fma(w1, sum01) : in0.mul(w1).add(sum01);
      FloatVector in1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x1 + input)));
      sum10 = FMA ? in1.fma(w0, sum10) : in1.mul(w0).add(sum10);
      sum11 = FMA ? in1.fma(w1, sum11) : in1.mul(w1).add(sum11);
      FloatVector in2 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x2 + input)));
      sum20 = FMA ? in2.fma(w0, sum20) : in2.mul(w0).add(sum20);
      sum21 = FMA ? in2.fma(w1, sum21) : in2.mul(w1).add(sum21);
      FloatVector in3 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x3 + input)));
      sum30 = FMA ? in3.fma(w0, sum30) : in3.mul(w0).add(sum30);
      sum31 = FMA ? in3.fma(w1, sum31) : in3.mul(w1).add(sum31);
    }
    EXACT.cast(sum00).intoMemorySegment(out, to0, ORDER);
    EXACT.cast(sum01).intoMemorySegment(out, to0 + VECTOR, ORDER);
    EXACT.cast(sum10).intoMemorySegment(out, to1, ORDER);
    EXACT.cast(sum11).intoMemorySegment(out, to1 + VECTOR, ORDER);
    EXACT.cast(sum20).intoMemorySegment(out, to2, ORDER);
    EXACT.cast(sum21).intoMemorySegment(out, to2 + VECTOR, ORDER);
    EXACT.cast(sum30).intoMemorySegment(out, to3, ORDER);
    EXACT.cast(sum31).intoMemorySegment(out, to3 + VECTOR, ORDER);
  }

  private static void rows4vectors1(
      MemorySegment block,
      long from,
      long stride,
      MemorySegment bias,
      long start,
      int firstInput,
      int endInput,
      MemorySegment x,
      long x0,
      long x1,
      long x2,
      long x3,
      MemorySegment out,
      long to0,
      long to1,
      long to2,
      long to3) {
    if (block.getClass() != NATIVE
        || bias.getClass() != NATIVE
        || x.getClass() != NATIVE
        || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    MemorySegment sums = SPLIT ? out : bias;
    long at0 = SPLIT ? to0 : start;
    FloatVector sum00 =
        STORAGE == WeightStorage.INT8
            ? FloatVector.zero(SPECIES)
            : fromMemorySegment(SPECIES, sums, at0, ORDER);
    FloatVector sum10 = SPLIT ? fromMemorySegment(SPECIES, out, to1, ORDER) : sum00;
    FloatVector sum20 = SPLIT ? fromMemorySegment(SPECIES, out, to2, ORDER) : sum00;
    FloatVector sum30 = SPLIT ? fromMemorySegment(SPECIES, out, to3, ORDER) : sum00;
    for (int k = firstInput; k < endInput; k++) {
      long at = from + k * stride;
      FloatVector w0 = fromMemorySegment(SPECIES, block, at, ORDER);
      long input = (long) k * Float.BYTES;
      FloatVector in0 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x0 + input)));
      sum00 = FMA ? in0.fma(w0, sum00) : in0.mul(w0).add(sum00);
      FloatVector in1 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x1 + input)));
      sum10 = FMA ? in1.fma(w0, sum10) : in1.mul(w0).add(sum10);
      FloatVector in2 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x2 + input)));
      sum20 = FMA ? in2.fma(w0, sum20) : in2.mul(w0).add(sum20);
      FloatVector in3 = EXACT.cast(broadcast(SPECIES, x.get(JAVA_FLOAT, x3 + input)));
      sum30 = FMA ? in3.fma(w0, sum30) : in3.mul(w0).add(sum30);
    }
    EXACT.cast(sum00).intoMemorySegment(out, to0, ORDER);
    EXACT.cast(sum10).intoMemorySegment(out, to1, ORDER);
    EXACT.cast(sum20).intoMemorySegment(out, to2, ORDER);
    EXACT.cast(sum30).intoMemorySegment(out, to3, ORDER);
  }
}
