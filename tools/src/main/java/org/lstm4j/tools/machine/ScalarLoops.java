// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** The loops without the Vector API; what the compiler makes of them is up to it. */
final class ScalarLoops implements Loops {
  private static final boolean FMA = FusedMultiplyAdd.PRESENT;
  private static final int LONGS = 8;

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public float multiplyAdd(int times, float factor, float addend) {
    float c0 = addend;
    float c1 = c0;
    float c2 = c0;
    float c3 = c0;
    float c4 = c0;
    float c5 = c0;
    float c6 = c0;
    float c7 = c0;
    float c8 = c0;
    float c9 = c0;
    float c10 = c0;
    float c11 = c0;
    for (int i = 0; i < times; i++) {
      c0 = FMA ? Math.fma(c0, factor, addend) : c0 * factor + addend;
      c1 = FMA ? Math.fma(c1, factor, addend) : c1 * factor + addend;
      c2 = FMA ? Math.fma(c2, factor, addend) : c2 * factor + addend;
      c3 = FMA ? Math.fma(c3, factor, addend) : c3 * factor + addend;
      c4 = FMA ? Math.fma(c4, factor, addend) : c4 * factor + addend;
      c5 = FMA ? Math.fma(c5, factor, addend) : c5 * factor + addend;
      c6 = FMA ? Math.fma(c6, factor, addend) : c6 * factor + addend;
      c7 = FMA ? Math.fma(c7, factor, addend) : c7 * factor + addend;
      c8 = FMA ? Math.fma(c8, factor, addend) : c8 * factor + addend;
      c9 = FMA ? Math.fma(c9, factor, addend) : c9 * factor + addend;
      c10 = FMA ? Math.fma(c10, factor, addend) : c10 * factor + addend;
      c11 = FMA ? Math.fma(c11, factor, addend) : c11 * factor + addend;
    }
    return c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11;
  }

  @Override
  public float multiplyAddManyChains(int times, float factor, float addend) {
    float c0 = addend;
    float c1 = c0;
    float c2 = c0;
    float c3 = c0;
    float c4 = c0;
    float c5 = c0;
    float c6 = c0;
    float c7 = c0;
    float c8 = c0;
    float c9 = c0;
    float c10 = c0;
    float c11 = c0;
    float c12 = c0;
    float c13 = c0;
    float c14 = c0;
    float c15 = c0;
    for (int i = 0; i < times; i++) {
      c0 = FMA ? Math.fma(c0, factor, addend) : c0 * factor + addend;
      c1 = FMA ? Math.fma(c1, factor, addend) : c1 * factor + addend;
      c2 = FMA ? Math.fma(c2, factor, addend) : c2 * factor + addend;
      c3 = FMA ? Math.fma(c3, factor, addend) : c3 * factor + addend;
      c4 = FMA ? Math.fma(c4, factor, addend) : c4 * factor + addend;
      c5 = FMA ? Math.fma(c5, factor, addend) : c5 * factor + addend;
      c6 = FMA ? Math.fma(c6, factor, addend) : c6 * factor + addend;
      c7 = FMA ? Math.fma(c7, factor, addend) : c7 * factor + addend;
      c8 = FMA ? Math.fma(c8, factor, addend) : c8 * factor + addend;
      c9 = FMA ? Math.fma(c9, factor, addend) : c9 * factor + addend;
      c10 = FMA ? Math.fma(c10, factor, addend) : c10 * factor + addend;
      c11 = FMA ? Math.fma(c11, factor, addend) : c11 * factor + addend;
      c12 = FMA ? Math.fma(c12, factor, addend) : c12 * factor + addend;
      c13 = FMA ? Math.fma(c13, factor, addend) : c13 * factor + addend;
      c14 = FMA ? Math.fma(c14, factor, addend) : c14 * factor + addend;
      c15 = FMA ? Math.fma(c15, factor, addend) : c15 * factor + addend;
    }
    return c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11 + c12 + c13 + c14 + c15;
  }

  @Override
  public float read(MemorySegment data, int times) {
    int groups = (int) (data.byteSize() / (LONGS * Long.BYTES));
    long s0 = 0;
    long s1 = 0;
    long s2 = 0;
    long s3 = 0;
    for (int time = 0; time < times; time++) {
      for (int i = 0; i < groups; i++) {
        long at = (long) i * (LONGS * Long.BYTES);
        s0 += data.get(JAVA_LONG_UNALIGNED, at);
        s1 += data.get(JAVA_LONG_UNALIGNED, at + 8);
        s2 += data.get(JAVA_LONG_UNALIGNED, at + 16);
        s3 += data.get(JAVA_LONG_UNALIGNED, at + 24);
        s0 += data.get(JAVA_LONG_UNALIGNED, at + 32);
        s1 += data.get(JAVA_LONG_UNALIGNED, at + 40);
        s2 += data.get(JAVA_LONG_UNALIGNED, at + 48);
        s3 += data.get(JAVA_LONG_UNALIGNED, at + 56);
      }
    }
    return s0 + s1 + s2 + s3;
  }
}
