// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Kinds of floats to try a kernel with, and how its results are compared. */
enum Values {
  /** What weights and states look like. */
  ORDINARY {
    @Override
    float next(Random random) {
      return 4 * random.nextFloat() - 2;
    }
  },

  /** Zeros of both signs and subnormals among small numbers. */
  TINY {
    @Override
    float next(Random random) {
      return switch (random.nextInt(5)) {
        case 0 -> 0f;
        case 1 -> -0f;
        case 2 -> Float.intBitsToFloat(random.nextInt(0x0080_0000));
        case 3 -> -Float.MIN_NORMAL * random.nextFloat();
        default -> (random.nextFloat() - 0.5f) * 0x1p-100f;
      };
    }
  },

  /** Sums of these overflow. */
  HUGE {
    @Override
    float next(Random random) {
      return (random.nextFloat() - 0.5f) * (random.nextBoolean() ? Float.MAX_VALUE : 100);
    }
  },

  /** Ordinary numbers and now and then one that is none. */
  NOT_ALWAYS_FINITE {
    @Override
    float next(Random random) {
      return switch (random.nextInt(40)) {
        case 0 -> Float.NaN;
        case 1 -> Float.POSITIVE_INFINITY;
        case 2 -> Float.NEGATIVE_INFINITY;
        default -> ORDINARY.next(random);
      };
    }
  };

  abstract float next(Random random);

  /** A segment of that many of these. */
  MemorySegment segment(long floats, Random random) {
    MemorySegment segment = zeros(floats);
    for (long i = 0; i < floats; i++) {
      segment.setAtIndex(JAVA_FLOAT, i, next(random));
    }
    return segment;
  }

  static MemorySegment zeros(long floats) {
    return Arena.ofAuto().allocate(floats * Float.BYTES, 64);
  }

  static MemorySegment copy(MemorySegment segment) {
    return Arena.ofAuto().allocate(segment.byteSize(), 64).copyFrom(segment);
  }

  /**
   * Fails unless the first floats of both have the same bits; any NaN equals any other, as which
   * operand's payload survives an addition is the compiler's choice.
   */
  static void assertSameBits(
      MemorySegment expected, MemorySegment actual, long floats, String what) {
    for (long i = 0; i < floats; i++) {
      float e = expected.getAtIndex(JAVA_FLOAT, i);
      float a = actual.getAtIndex(JAVA_FLOAT, i);
      if (Float.floatToIntBits(e) != Float.floatToIntBits(a)) {
        assertEquals(Float.toHexString(e), Float.toHexString(a), what + ", float " + i);
      }
    }
  }
}
