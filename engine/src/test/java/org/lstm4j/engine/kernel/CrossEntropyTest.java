// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("numeric")
class CrossEntropyTest {
  private static final int WIDEST = 16;

  private final MemorySegment scratch = Values.zeros(CrossEntropy.PARTIAL_SUMS);

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16})
  void theVectorKernelEqualsItsScalarTwinToTheBit(int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    CrossEntropy vector =
        Specialization.of(VectorCrossEntropy.class, new CrossEntropy.Shape(lanes));
    Random random = new Random(1);
    for (int n : new int[] {1, 2, 3, 5, 15, 16, 17, 28, 31, 32, 33, 48, 100}) {
      for (Values values : Values.values()) {
        MemorySegment in = values.segment(1 + n + WIDEST, random);
        MemorySegment expected = Values.zeros(1 + n + WIDEST);
        MemorySegment actual = Values.zeros(1 + n + WIDEST);
        int target = random.nextInt(n);

        double expectedLoss =
            new ScalarCrossEntropy().apply(in, 4, expected, 4, scratch, target, 0.01, n);
        double loss = vector.apply(in, 4, actual, 4, scratch, target, 0.01, n);

        assertEquals(expectedLoss, loss, n + " of " + values);
        Values.assertSameBits(expected, actual, 1 + n, n + " of " + values);
      }
    }
  }

  @Test
  void hugeLogitsDoNotOverflow() {
    MemorySegment in = Values.zeros(2 + WIDEST);
    in.setAtIndex(JAVA_FLOAT, 0, 3e38f);
    in.setAtIndex(JAVA_FLOAT, 1, -3e38f);
    MemorySegment out = Values.zeros(2 + WIDEST);

    assertEquals(0, new ScalarCrossEntropy().apply(in, 0, out, 0, scratch, 0, 1, 2));
    assertEquals(0, out.getAtIndex(JAVA_FLOAT, 0));
    assertEquals(0, out.getAtIndex(JAVA_FLOAT, 1));
    assertEquals(6e38, new ScalarCrossEntropy().apply(in, 0, out, 0, scratch, 1, 1, 2), 1e32);
    assertEquals(1, out.getAtIndex(JAVA_FLOAT, 0));
    assertEquals(-1, out.getAtIndex(JAVA_FLOAT, 1));
  }
}
