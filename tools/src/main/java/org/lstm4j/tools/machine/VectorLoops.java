// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops on vectors of the width that this JVM prefers; loaded only where the vector module is.
 * They are written out because C2 keeps chains in registers only as local variables.
 */
final class VectorLoops implements Loops {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final boolean FMA = FusedMultiplyAdd.PRESENT;
  private static final long VECTOR = SPECIES.vectorByteSize();

  @Override
  public int lanes() {
    return SPECIES.length();
  }

  @Override
  public float multiplyAdd(int times, float factor, float addend) {
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    FloatVector a = FloatVector.broadcast(SPECIES, addend);
    FloatVector c0 = a;
    FloatVector c1 = c0;
    FloatVector c2 = c0;
    FloatVector c3 = c0;
    FloatVector c4 = c0;
    FloatVector c5 = c0;
    FloatVector c6 = c0;
    FloatVector c7 = c0;
    FloatVector c8 = c0;
    FloatVector c9 = c0;
    FloatVector c10 = c0;
    FloatVector c11 = c0;
    for (int i = 0; i < times; i++) {
      c0 = FMA ? c0.fma(f, a) : c0.mul(f).add(a);
      c1 = FMA ? c1.fma(f, a) : c1.mul(f).add(a);
      c2 = FMA ? c2.fma(f, a) : c2.mul(f).add(a);
      c3 = FMA ? c3.fma(f, a) : c3.mul(f).add(a);
      c4 = FMA ? c4.fma(f, a) : c4.mul(f).add(a);
      c5 = FMA ? c5.fma(f, a) : c5.mul(f).add(a);
      c6 = FMA ? c6.fma(f, a) : c6.mul(f).add(a);
      c7 = FMA ? c7.fma(f, a) : c7.mul(f).add(a);
      c8 = FMA ? c8.fma(f, a) : c8.mul(f).add(a);
      c9 = FMA ? c9.fma(f, a) : c9.mul(f).add(a);
      c10 = FMA ? c10.fma(f, a) : c10.mul(f).add(a);
      c11 = FMA ? c11.fma(f, a) : c11.mul(f).add(a);
    }
    c0 = c0.add(c1);
    c0 = c0.add(c2);
    c0 = c0.add(c3);
    c0 = c0.add(c4);
    c0 = c0.add(c5);
    c0 = c0.add(c6);
    c0 = c0.add(c7);
    c0 = c0.add(c8);
    c0 = c0.add(c9);
    c0 = c0.add(c10);
    c0 = c0.add(c11);
    return c0.lane(0);
  }

  @Override
  public float multiplyAddManyChains(int times, float factor, float addend) {
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    FloatVector a = FloatVector.broadcast(SPECIES, addend);
    FloatVector c0 = a;
    FloatVector c1 = c0;
    FloatVector c2 = c0;
    FloatVector c3 = c0;
    FloatVector c4 = c0;
    FloatVector c5 = c0;
    FloatVector c6 = c0;
    FloatVector c7 = c0;
    FloatVector c8 = c0;
    FloatVector c9 = c0;
    FloatVector c10 = c0;
    FloatVector c11 = c0;
    FloatVector c12 = c0;
    FloatVector c13 = c0;
    FloatVector c14 = c0;
    FloatVector c15 = c0;
    for (int i = 0; i < times; i++) {
      c0 = FMA ? c0.fma(f, a) : c0.mul(f).add(a);
      c1 = FMA ? c1.fma(f, a) : c1.mul(f).add(a);
      c2 = FMA ? c2.fma(f, a) : c2.mul(f).add(a);
      c3 = FMA ? c3.fma(f, a) : c3.mul(f).add(a);
      c4 = FMA ? c4.fma(f, a) : c4.mul(f).add(a);
      c5 = FMA ? c5.fma(f, a) : c5.mul(f).add(a);
      c6 = FMA ? c6.fma(f, a) : c6.mul(f).add(a);
      c7 = FMA ? c7.fma(f, a) : c7.mul(f).add(a);
      c8 = FMA ? c8.fma(f, a) : c8.mul(f).add(a);
      c9 = FMA ? c9.fma(f, a) : c9.mul(f).add(a);
      c10 = FMA ? c10.fma(f, a) : c10.mul(f).add(a);
      c11 = FMA ? c11.fma(f, a) : c11.mul(f).add(a);
      c12 = FMA ? c12.fma(f, a) : c12.mul(f).add(a);
      c13 = FMA ? c13.fma(f, a) : c13.mul(f).add(a);
      c14 = FMA ? c14.fma(f, a) : c14.mul(f).add(a);
      c15 = FMA ? c15.fma(f, a) : c15.mul(f).add(a);
    }
    c0 = c0.add(c1);
    c0 = c0.add(c2);
    c0 = c0.add(c3);
    c0 = c0.add(c4);
    c0 = c0.add(c5);
    c0 = c0.add(c6);
    c0 = c0.add(c7);
    c0 = c0.add(c8);
    c0 = c0.add(c9);
    c0 = c0.add(c10);
    c0 = c0.add(c11);
    c0 = c0.add(c12);
    c0 = c0.add(c13);
    c0 = c0.add(c14);
    c0 = c0.add(c15);
    return c0.lane(0);
  }

  @Override
  public float read(MemorySegment data, int times) {
    int groups = (int) (data.byteSize() / (8 * VECTOR));
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int time = 0; time < times; time++) {
      for (int i = 0; i < groups; i++) {
        long at = i * (8 * VECTOR);
        s0 = s0.add(FloatVector.fromMemorySegment(SPECIES, data, at + 0 * VECTOR, ORDER));
        s1 = s1.add(FloatVector.fromMemorySegment(SPECIES, data, at + 1 * VECTOR, ORDER));
        s2 = s2.add(FloatVector.fromMemorySegment(SPECIES, data, at + 2 * VECTOR, ORDER));
        s3 = s3.add(FloatVector.fromMemorySegment(SPECIES, data, at + 3 * VECTOR, ORDER));
        s4 = s4.add(FloatVector.fromMemorySegment(SPECIES, data, at + 4 * VECTOR, ORDER));
        s5 = s5.add(FloatVector.fromMemorySegment(SPECIES, data, at + 5 * VECTOR, ORDER));
        s6 = s6.add(FloatVector.fromMemorySegment(SPECIES, data, at + 6 * VECTOR, ORDER));
        s7 = s7.add(FloatVector.fromMemorySegment(SPECIES, data, at + 7 * VECTOR, ORDER));
      }
    }
    return s0.add(s1).add(s2.add(s3)).add(s4.add(s5)).add(s6.add(s7)).lane(0);
  }
}
