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
 * The vector kernel of {@link MatVec}; a template that {@link Specialization} defines once for each
 * shape, so that lanes and sizes are constants to the compiler.
 *
 * <p>The tile loops are written out because C2 keeps accumulators in registers only as local
 * variables, and without helper methods for the reason that the package description gives. Branches
 * that a shape does not need are constants and cost nothing.
 */
final class VectorMatVec implements MatVec {
  private static final PackedGates LAYOUT =
      Specialization.shape(MethodHandles.lookup(), PackedGates.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(LAYOUT.lanes());
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private static final int INPUTS = LAYOUT.inputs();
  private static final int TILES = LAYOUT.vectors() / PackedGates.TILE;
  private static final int REST = LAYOUT.vectors() % PackedGates.TILE;
  private static final long VECTOR = (long) LAYOUT.lanes() * Float.BYTES;

  @Override
  public void apply(
      MemorySegment weights, MemorySegment x, long xOffset, MemorySegment out, long outOffset) {
    long done = 0;
    for (int t = 0; t < TILES; t++) {
      tile8(weights, done * INPUTS, x, xOffset, out, outOffset + done);
      done += 8 * VECTOR;
    }
    if ((REST & 4) != 0) {
      tile4(weights, done * INPUTS, x, xOffset, out, outOffset + done);
      done += 4 * VECTOR;
    }
    if ((REST & 2) != 0) {
      tile2(weights, done * INPUTS, x, xOffset, out, outOffset + done);
      done += 2 * VECTOR;
    }
    if ((REST & 1) != 0) {
      tile1(weights, done * INPUTS, x, xOffset, out, outOffset + done);
    }
  }

  private static void tile8(
      MemorySegment weights, long from, MemorySegment x, long xOffset, MemorySegment out, long to) {
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    FloatVector sum4 = sum0;
    FloatVector sum5 = sum0;
    FloatVector sum6 = sum0;
    FloatVector sum7 = sum0;
    for (int k = 0; k < INPUTS; k++) {
      float input = x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES);
      FloatVector xk = broadcast(SPECIES, input);
      long at = from + k * (8 * VECTOR);
      FloatVector w0 = fromMemorySegment(SPECIES, weights, at, ORDER);
      FloatVector w1 = fromMemorySegment(SPECIES, weights, at + VECTOR, ORDER);
      FloatVector w2 = fromMemorySegment(SPECIES, weights, at + 2 * VECTOR, ORDER);
      FloatVector w3 = fromMemorySegment(SPECIES, weights, at + 3 * VECTOR, ORDER);
      FloatVector w4 = fromMemorySegment(SPECIES, weights, at + 4 * VECTOR, ORDER);
      FloatVector w5 = fromMemorySegment(SPECIES, weights, at + 5 * VECTOR, ORDER);
      FloatVector w6 = fromMemorySegment(SPECIES, weights, at + 6 * VECTOR, ORDER);
      FloatVector w7 = fromMemorySegment(SPECIES, weights, at + 7 * VECTOR, ORDER);
      sum0 = FMA ? w0.fma(xk, sum0) : w0.mul(xk).add(sum0);
      sum1 = FMA ? w1.fma(xk, sum1) : w1.mul(xk).add(sum1);
      sum2 = FMA ? w2.fma(xk, sum2) : w2.mul(xk).add(sum2);
      sum3 = FMA ? w3.fma(xk, sum3) : w3.mul(xk).add(sum3);
      sum4 = FMA ? w4.fma(xk, sum4) : w4.mul(xk).add(sum4);
      sum5 = FMA ? w5.fma(xk, sum5) : w5.mul(xk).add(sum5);
      sum6 = FMA ? w6.fma(xk, sum6) : w6.mul(xk).add(sum6);
      sum7 = FMA ? w7.fma(xk, sum7) : w7.mul(xk).add(sum7);
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
      MemorySegment weights, long from, MemorySegment x, long xOffset, MemorySegment out, long to) {
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    for (int k = 0; k < INPUTS; k++) {
      float input = x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES);
      FloatVector xk = broadcast(SPECIES, input);
      long at = from + k * (4 * VECTOR);
      FloatVector w0 = fromMemorySegment(SPECIES, weights, at, ORDER);
      FloatVector w1 = fromMemorySegment(SPECIES, weights, at + VECTOR, ORDER);
      FloatVector w2 = fromMemorySegment(SPECIES, weights, at + 2 * VECTOR, ORDER);
      FloatVector w3 = fromMemorySegment(SPECIES, weights, at + 3 * VECTOR, ORDER);
      sum0 = FMA ? w0.fma(xk, sum0) : w0.mul(xk).add(sum0);
      sum1 = FMA ? w1.fma(xk, sum1) : w1.mul(xk).add(sum1);
      sum2 = FMA ? w2.fma(xk, sum2) : w2.mul(xk).add(sum2);
      sum3 = FMA ? w3.fma(xk, sum3) : w3.mul(xk).add(sum3);
    }
    sum0.intoMemorySegment(out, to, ORDER);
    sum1.intoMemorySegment(out, to + VECTOR, ORDER);
    sum2.intoMemorySegment(out, to + 2 * VECTOR, ORDER);
    sum3.intoMemorySegment(out, to + 3 * VECTOR, ORDER);
  }

  private static void tile2(
      MemorySegment weights, long from, MemorySegment x, long xOffset, MemorySegment out, long to) {
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    for (int k = 0; k < INPUTS; k++) {
      float input = x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES);
      FloatVector xk = broadcast(SPECIES, input);
      long at = from + k * (2 * VECTOR);
      FloatVector w0 = fromMemorySegment(SPECIES, weights, at, ORDER);
      FloatVector w1 = fromMemorySegment(SPECIES, weights, at + VECTOR, ORDER);
      sum0 = FMA ? w0.fma(xk, sum0) : w0.mul(xk).add(sum0);
      sum1 = FMA ? w1.fma(xk, sum1) : w1.mul(xk).add(sum1);
    }
    sum0.intoMemorySegment(out, to, ORDER);
    sum1.intoMemorySegment(out, to + VECTOR, ORDER);
  }

  private static void tile1(
      MemorySegment weights, long from, MemorySegment x, long xOffset, MemorySegment out, long to) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int k = 0; k < INPUTS; k++) {
      float input = x.get(JAVA_FLOAT, xOffset + (long) k * Float.BYTES);
      FloatVector xk = broadcast(SPECIES, input);
      long at = from + k * VECTOR;
      FloatVector w = fromMemorySegment(SPECIES, weights, at, ORDER);
      sum = FMA ? w.fma(xk, sum) : w.mul(xk).add(sum);
    }
    sum.intoMemorySegment(out, to, ORDER);
  }
}
