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
 * The vector kernel of {@link WeightGradient}; a template that {@link Specialization} defines once
 * for each lane count.
 *
 * <p>A block of outputs and a few vectors of inputs, of all rows of a chunk, are copied first so
 * that each is read from front to back, since rows lie on pages of their own, and fall into the
 * same few places of the first cache where their distance is a power of two. Then four outputs at a
 * time pass by them: 16 accumulators share four loaded vectors of inputs and four broadcast
 * gradients, as in {@link VectorMatMul}, and for its reasons the loops are written out. The 4 MB of
 * the gradient at (512,512) come from the third cache once for each chunk: with chunks of 384 rows
 * it ran at some 70 GFLOP/s on a busy machine, with 96, and outputs left where they are, at 60.
 * What is left of the limit of one core, at 96 GFLOP/s of 117 for (256,256), goes into the copy of
 * outputs: without it, and with wrong results, it is 103.
 */
final class VectorWeightGradient implements WeightGradient {
  private static final Shape SHAPE = Specialization.shape(MethodHandles.lookup(), Shape.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(SHAPE.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;
  private static final int LANES = SHAPE.lanes();
  private static final long VECTOR = (long) LANES * Float.BYTES;

  /** Outputs at a time. */
  private static final int SIDE = 4;

  private static final long SIDE_BYTES = (long) SIDE * Float.BYTES;
  private static final VectorSpecies<Float> FLOATS_OF_SIDE = FloatVector.SPECIES_128;
  private static final Class<? extends FloatVector> EXACT_SIDE = Vectors.exact(FLOATS_OF_SIDE);

  /** Where in the scratch sums lie, behind the panel. */
  private static final long SUMS = (long) CHUNK * PANEL * PackedGates.MAX_LANES * Float.BYTES;

  /** Where in the scratch blocks of outputs lie, behind the sums. */
  private static final long BLOCKS =
      SUMS + (long) SIDE * PANEL * PackedGates.MAX_LANES * Float.BYTES;

  /** Vectors of inputs at a time. */
  private static final int WIDTH = Vectors.hasManyRegisters() ? PANEL : 2;

  @Override
  public void apply(
      MemorySegment d,
      long dOffset,
      long dStride,
      MemorySegment x,
      long xOffset,
      long xStride,
      int rows,
      MemorySegment scratch,
      PackedGates layout,
      MemorySegment weights,
      MemorySegment bias,
      int firstOutput,
      int endOutput) {
    int vectors = (layout.inputs() + LANES - 1) / LANES;
    for (int first = 0; first < rows; first += CHUNK) {
      int count = Math.min(CHUNK, rows - first);
      long chunk = dOffset + first * dStride;
      for (int block = firstOutput; block < endOutput; block += BLOCK) {
        int blockEnd = Math.min(block + BLOCK, endOutput);
        if (bias != null) {
          addRows(d, chunk, dStride, count, bias, block, blockEnd);
        }
        copyOutputs(d, chunk, dStride, count, block, blockEnd, scratch);
        for (int vector = 0; vector < vectors; ) {
          int width = Math.min(WIDTH, Integer.highestOneBit(vectors - vector));
          long column = xOffset + first * xStride + vector * VECTOR;
          copyPanel(x, column, xStride, count, width, scratch);
          addProducts(scratch, count, layout, vector, width, weights, block, blockEnd);
          vector += width;
        }
      }
    }
  }

  /** The gradient of a bias. */
  private static void addRows(
      MemorySegment d,
      long dOffset,
      long dStride,
      int rows,
      MemorySegment bias,
      int firstOutput,
      int endOutput) {
    if (d.getClass() != NATIVE || bias.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    for (int output = firstOutput; output < endOutput; output += LANES) {
      long column = (long) output * Float.BYTES;
      FloatVector sum0 = FloatVector.zero(SPECIES);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      long row = dOffset + column;
      int r = 0;
      for (; r + 4 <= rows; r += 4) {
        sum0 = EXACT.cast(sum0).add(fromMemorySegment(SPECIES, d, row, ORDER));
        sum1 = EXACT.cast(sum1).add(fromMemorySegment(SPECIES, d, row + dStride, ORDER));
        sum2 = EXACT.cast(sum2).add(fromMemorySegment(SPECIES, d, row + 2 * dStride, ORDER));
        sum3 = EXACT.cast(sum3).add(fromMemorySegment(SPECIES, d, row + 3 * dStride, ORDER));
        row += 4 * dStride;
      }
      if (r < rows) {
        sum0 = EXACT.cast(sum0).add(fromMemorySegment(SPECIES, d, row, ORDER));
      }
      if (r + 1 < rows) {
        sum1 = EXACT.cast(sum1).add(fromMemorySegment(SPECIES, d, row + dStride, ORDER));
      }
      if (r + 2 < rows) {
        sum2 = EXACT.cast(sum2).add(fromMemorySegment(SPECIES, d, row + 2 * dStride, ORDER));
      }
      EXACT
          .cast(fromMemorySegment(SPECIES, bias, column, ORDER))
          .add(EXACT.cast(sum0).add(sum1).add(EXACT.cast(sum2).add(sum3)))
          .intoMemorySegment(bias, column, ORDER);
    }
  }

  private static void copyPanel(
      MemorySegment x, long xOffset, long xStride, int rows, int width, MemorySegment panel) {
    if (x.getClass() != NATIVE || panel.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long to = 0;
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < width; v++) {
        EXACT
            .cast(fromMemorySegment(SPECIES, x, xOffset + r * xStride + v * VECTOR, ORDER))
            .intoMemorySegment(panel, to, ORDER);
        to += VECTOR;
      }
    }
  }

  /**
   * The gradients of four outputs lie together, row behind row, as the products read them. Four
   * rows at a time fill a line of the cache at each place: the places are 6 KB apart and fall into
   * two sets of the first cache, where, row by row, they pushed one another out. That cost 7 % at
   * (256,256). One line of each row for all rows is slower, since each row is on a page of its own.
   */
  private static void copyOutputs(
      MemorySegment d,
      long dOffset,
      long dStride,
      int rows,
      int firstOutput,
      int endOutput,
      MemorySegment scratch) {
    if (d.getClass() != NATIVE || scratch.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    long column = dOffset + (long) firstOutput * Float.BYTES;
    int r = 0;
    for (; r + SIDE <= rows; r += SIDE) {
      long from = column + r * dStride;
      long to = BLOCKS + r * SIDE_BYTES;
      for (int output = firstOutput; output < endOutput; output += SIDE) {
        EXACT_SIDE
            .cast(fromMemorySegment(FLOATS_OF_SIDE, d, from, ORDER))
            .intoMemorySegment(scratch, to, ORDER);
        EXACT_SIDE
            .cast(fromMemorySegment(FLOATS_OF_SIDE, d, from + dStride, ORDER))
            .intoMemorySegment(scratch, to + SIDE_BYTES, ORDER);
        EXACT_SIDE
            .cast(fromMemorySegment(FLOATS_OF_SIDE, d, from + 2 * dStride, ORDER))
            .intoMemorySegment(scratch, to + 2 * SIDE_BYTES, ORDER);
        EXACT_SIDE
            .cast(fromMemorySegment(FLOATS_OF_SIDE, d, from + 3 * dStride, ORDER))
            .intoMemorySegment(scratch, to + 3 * SIDE_BYTES, ORDER);
        from += SIDE_BYTES;
        to += rows * SIDE_BYTES;
      }
    }
    // The rows that are left; written out, like all loops here.
    for (; r < rows; r++) {
      long from = column + r * dStride;
      long to = BLOCKS + r * SIDE_BYTES;
      for (int output = firstOutput; output < endOutput; output += SIDE) {
        EXACT_SIDE
            .cast(fromMemorySegment(FLOATS_OF_SIDE, d, from, ORDER))
            .intoMemorySegment(scratch, to, ORDER);
        from += SIDE_BYTES;
        to += rows * SIDE_BYTES;
      }
    }
  }

  private static void addProducts(
      MemorySegment scratch,
      int rows,
      PackedGates layout,
      int vector,
      int width,
      MemorySegment weights,
      int firstOutput,
      int endOutput) {
    int column = vector * LANES;
    int inputs = Math.min(width * LANES, layout.inputs() - column);
    long rowBytes = (long) layout.inputs() * Float.BYTES;
    long d = BLOCKS;
    for (int output = firstOutput; output < endOutput; output += SIDE) {
      // Neighbours in a vector, so their rows are neighbours too.
      int outputs = Math.min(SIDE, layout.units() - layout.unit(output));
      if (outputs > 0) {
        switch (width) {
          case 4 -> outputs4vectors4(scratch, d, rows);
          case 2 -> outputs4vectors2(scratch, d, rows);
          default -> outputs4vectors1(scratch, d, rows);
        }
        long to = layout.matrixRow(output) * rowBytes + (long) column * Float.BYTES;
        addSums(scratch, width, weights, to, rowBytes, outputs, inputs);
      }
      d += rows * SIDE_BYTES;
    }
  }

  /**
   * Adds what the methods below left in the scratch. They do not do it themselves, because the
   * first compiler gave up on 16 loads more, and they never got to the second one.
   */
  private static void addSums(
      MemorySegment scratch,
      int width,
      MemorySegment weights,
      long to,
      long rowBytes,
      int outputs,
      int inputs) {
    if (scratch.getClass() != NATIVE || weights.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    for (int output = 0; output < outputs; output++) {
      long from = SUMS + (long) output * width * VECTOR;
      long row = to + output * rowBytes;
      int i = 0;
      for (; i + LANES <= inputs; i += LANES) {
        long place = (long) i * Float.BYTES;
        EXACT
            .cast(fromMemorySegment(SPECIES, weights, row + place, ORDER))
            .add(fromMemorySegment(SPECIES, scratch, from + place, ORDER))
            .intoMemorySegment(weights, row + place, ORDER);
      }
      // The next row begins right behind the last input.
      for (; i + SIDE <= inputs; i += SIDE) {
        long place = (long) i * Float.BYTES;
        EXACT_SIDE
            .cast(fromMemorySegment(FLOATS_OF_SIDE, weights, row + place, ORDER))
            .add(fromMemorySegment(FLOATS_OF_SIDE, scratch, from + place, ORDER))
            .intoMemorySegment(weights, row + place, ORDER);
      }
      for (; i < inputs; i++) {
        long place = (long) i * Float.BYTES;
        float sum = scratch.get(JAVA_FLOAT, from + place);
        weights.set(JAVA_FLOAT, row + place, weights.get(JAVA_FLOAT, row + place) + sum);
      }
    }
  }

  private static void outputs4vectors4(MemorySegment scratch, long d, int rows) {
    if (scratch.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector sum00 = FloatVector.zero(SPECIES);
    FloatVector sum01 = FloatVector.zero(SPECIES);
    FloatVector sum02 = FloatVector.zero(SPECIES);
    FloatVector sum03 = FloatVector.zero(SPECIES);
    FloatVector sum10 = FloatVector.zero(SPECIES);
    FloatVector sum11 = FloatVector.zero(SPECIES);
    FloatVector sum12 = FloatVector.zero(SPECIES);
    FloatVector sum13 = FloatVector.zero(SPECIES);
    FloatVector sum20 = FloatVector.zero(SPECIES);
    FloatVector sum21 = FloatVector.zero(SPECIES);
    FloatVector sum22 = FloatVector.zero(SPECIES);
    FloatVector sum23 = FloatVector.zero(SPECIES);
    FloatVector sum30 = FloatVector.zero(SPECIES);
    FloatVector sum31 = FloatVector.zero(SPECIES);
    FloatVector sum32 = FloatVector.zero(SPECIES);
    FloatVector sum33 = FloatVector.zero(SPECIES);
    for (int r = 0; r < rows; r++) {
      long at = 4 * VECTOR * r;
      FloatVector x0 = fromMemorySegment(SPECIES, scratch, at, ORDER);
      FloatVector x1 = fromMemorySegment(SPECIES, scratch, at + VECTOR, ORDER);
      FloatVector x2 = fromMemorySegment(SPECIES, scratch, at + 2 * VECTOR, ORDER);
      FloatVector x3 = fromMemorySegment(SPECIES, scratch, at + 3 * VECTOR, ORDER);
      long gradient = d + r * SIDE_BYTES;
      FloatVector in0 = EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient)));
      sum00 = FMA ? in0.fma(x0, sum00) : in0.mul(x0).add(sum00);
      sum01 = FMA ? in0.fma(x1, sum01) : in0.mul(x1).add(sum01);
      sum02 = FMA ? in0.fma(x2, sum02) : in0.mul(x2).add(sum02);
      sum03 = FMA ? in0.fma(x3, sum03) : in0.mul(x3).add(sum03);
      FloatVector in1 =
          EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient + Float.BYTES)));
      sum10 = FMA ? in1.fma(x0, sum10) : in1.mul(x0).add(sum10);
      sum11 = FMA ? in1.fma(x1, sum11) : in1.mul(x1).add(sum11);
      sum12 = FMA ? in1.fma(x2, sum12) : in1.mul(x2).add(sum12);
      sum13 = FMA ? in1.fma(x3, sum13) : in1.mul(x3).add(sum13);
      FloatVector in2 =
          EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient + 2 * Float.BYTES)));
      sum20 = FMA ? in2.fma(x0, sum20) : in2.mul(x0).add(sum20);
      sum21 = FMA ? in2.fma(x1, sum21) : in2.mul(x1).add(sum21);
      sum22 = FMA ? in2.fma(x2, sum22) : in2.mul(x2).add(sum22);
      sum23 = FMA ? in2.fma(x3, sum23) : in2.mul(x3).add(sum23);
      FloatVector in3 =
          EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient + 3 * Float.BYTES)));
      sum30 = FMA ? in3.fma(x0, sum30) : in3.mul(x0).add(sum30);
      sum31 = FMA ? in3.fma(x1, sum31) : in3.mul(x1).add(sum31);
      sum32 = FMA ? in3.fma(x2, sum32) : in3.mul(x2).add(sum32);
      sum33 = FMA ? in3.fma(x3, sum33) : in3.mul(x3).add(sum33);
    }
    EXACT.cast(sum00).intoMemorySegment(scratch, SUMS, ORDER);
    EXACT.cast(sum01).intoMemorySegment(scratch, SUMS + VECTOR, ORDER);
    EXACT.cast(sum02).intoMemorySegment(scratch, SUMS + 2 * VECTOR, ORDER);
    EXACT.cast(sum03).intoMemorySegment(scratch, SUMS + 3 * VECTOR, ORDER);
    EXACT.cast(sum10).intoMemorySegment(scratch, SUMS + 4 * VECTOR, ORDER);
    EXACT.cast(sum11).intoMemorySegment(scratch, SUMS + 5 * VECTOR, ORDER);
    EXACT.cast(sum12).intoMemorySegment(scratch, SUMS + 6 * VECTOR, ORDER);
    EXACT.cast(sum13).intoMemorySegment(scratch, SUMS + 7 * VECTOR, ORDER);
    EXACT.cast(sum20).intoMemorySegment(scratch, SUMS + 8 * VECTOR, ORDER);
    EXACT.cast(sum21).intoMemorySegment(scratch, SUMS + 9 * VECTOR, ORDER);
    EXACT.cast(sum22).intoMemorySegment(scratch, SUMS + 10 * VECTOR, ORDER);
    EXACT.cast(sum23).intoMemorySegment(scratch, SUMS + 11 * VECTOR, ORDER);
    EXACT.cast(sum30).intoMemorySegment(scratch, SUMS + 12 * VECTOR, ORDER);
    EXACT.cast(sum31).intoMemorySegment(scratch, SUMS + 13 * VECTOR, ORDER);
    EXACT.cast(sum32).intoMemorySegment(scratch, SUMS + 14 * VECTOR, ORDER);
    EXACT.cast(sum33).intoMemorySegment(scratch, SUMS + 15 * VECTOR, ORDER);
  }

  private static void outputs4vectors2(MemorySegment scratch, long d, int rows) {
    if (scratch.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector sum00 = FloatVector.zero(SPECIES);
    FloatVector sum01 = FloatVector.zero(SPECIES);
    FloatVector sum10 = FloatVector.zero(SPECIES);
    FloatVector sum11 = FloatVector.zero(SPECIES);
    FloatVector sum20 = FloatVector.zero(SPECIES);
    FloatVector sum21 = FloatVector.zero(SPECIES);
    FloatVector sum30 = FloatVector.zero(SPECIES);
    FloatVector sum31 = FloatVector.zero(SPECIES);
    for (int r = 0; r < rows; r++) {
      long at = 2 * VECTOR * r;
      FloatVector x0 = fromMemorySegment(SPECIES, scratch, at, ORDER);
      FloatVector x1 = fromMemorySegment(SPECIES, scratch, at + VECTOR, ORDER);
      long gradient = d + r * SIDE_BYTES;
      FloatVector in0 = EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient)));
      sum00 = FMA ? in0.fma(x0, sum00) : in0.mul(x0).add(sum00);
      sum01 = FMA ? in0.fma(x1, sum01) : in0.mul(x1).add(sum01);
      FloatVector in1 =
          EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient + Float.BYTES)));
      sum10 = FMA ? in1.fma(x0, sum10) : in1.mul(x0).add(sum10);
      sum11 = FMA ? in1.fma(x1, sum11) : in1.mul(x1).add(sum11);
      FloatVector in2 =
          EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient + 2 * Float.BYTES)));
      sum20 = FMA ? in2.fma(x0, sum20) : in2.mul(x0).add(sum20);
      sum21 = FMA ? in2.fma(x1, sum21) : in2.mul(x1).add(sum21);
      FloatVector in3 =
          EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient + 3 * Float.BYTES)));
      sum30 = FMA ? in3.fma(x0, sum30) : in3.mul(x0).add(sum30);
      sum31 = FMA ? in3.fma(x1, sum31) : in3.mul(x1).add(sum31);
    }
    EXACT.cast(sum00).intoMemorySegment(scratch, SUMS, ORDER);
    EXACT.cast(sum01).intoMemorySegment(scratch, SUMS + VECTOR, ORDER);
    EXACT.cast(sum10).intoMemorySegment(scratch, SUMS + 2 * VECTOR, ORDER);
    EXACT.cast(sum11).intoMemorySegment(scratch, SUMS + 3 * VECTOR, ORDER);
    EXACT.cast(sum20).intoMemorySegment(scratch, SUMS + 4 * VECTOR, ORDER);
    EXACT.cast(sum21).intoMemorySegment(scratch, SUMS + 5 * VECTOR, ORDER);
    EXACT.cast(sum30).intoMemorySegment(scratch, SUMS + 6 * VECTOR, ORDER);
    EXACT.cast(sum31).intoMemorySegment(scratch, SUMS + 7 * VECTOR, ORDER);
  }

  private static void outputs4vectors1(MemorySegment scratch, long d, int rows) {
    if (scratch.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector sum00 = FloatVector.zero(SPECIES);
    FloatVector sum10 = FloatVector.zero(SPECIES);
    FloatVector sum20 = FloatVector.zero(SPECIES);
    FloatVector sum30 = FloatVector.zero(SPECIES);
    for (int r = 0; r < rows; r++) {
      long at = r * VECTOR;
      FloatVector x0 = fromMemorySegment(SPECIES, scratch, at, ORDER);
      long gradient = d + r * SIDE_BYTES;
      FloatVector in0 = EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient)));
      sum00 = FMA ? in0.fma(x0, sum00) : in0.mul(x0).add(sum00);
      FloatVector in1 =
          EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient + Float.BYTES)));
      sum10 = FMA ? in1.fma(x0, sum10) : in1.mul(x0).add(sum10);
      FloatVector in2 =
          EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient + 2 * Float.BYTES)));
      sum20 = FMA ? in2.fma(x0, sum20) : in2.mul(x0).add(sum20);
      FloatVector in3 =
          EXACT.cast(broadcast(SPECIES, scratch.get(JAVA_FLOAT, gradient + 3 * Float.BYTES)));
      sum30 = FMA ? in3.fma(x0, sum30) : in3.mul(x0).add(sum30);
    }
    EXACT.cast(sum00).intoMemorySegment(scratch, SUMS, ORDER);
    EXACT.cast(sum10).intoMemorySegment(scratch, SUMS + VECTOR, ORDER);
    EXACT.cast(sum20).intoMemorySegment(scratch, SUMS + 2 * VECTOR, ORDER);
    EXACT.cast(sum30).intoMemorySegment(scratch, SUMS + 3 * VECTOR, ORDER);
  }
}
