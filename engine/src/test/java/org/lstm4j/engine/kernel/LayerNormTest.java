// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("numeric")
class LayerNormTest {
  private static final int WIDEST = 16;
  private static final float EPS = 1e-5f;

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16})
  void theVectorKernelEqualsItsScalarTwinToTheBit(int lanes) {
    assumeTrue(Kernels.vectors(), "the vector module is absent");
    LayerNorm vector = Specialization.of(VectorLayerNorm.class, new LayerNorm.Shape(lanes));
    Random random = new Random(1);
    for (int n : new int[] {1, 2, 3, 5, 15, 16, 17, 31, 32, 33, 48, 100}) {
      for (Values values : Values.values()) {
        MemorySegment in = values.segment(1 + n + WIDEST, random);
        MemorySegment weight = Values.ORDINARY.segment(n + WIDEST, random);
        MemorySegment bias = Values.ORDINARY.segment(n + WIDEST, random);
        MemorySegment expected = Values.zeros(1 + n + WIDEST);
        MemorySegment actual = Values.zeros(1 + n + WIDEST);

        new ScalarLayerNorm().apply(in, Float.BYTES, expected, Float.BYTES, weight, bias, EPS, n);
        vector.apply(in, Float.BYTES, actual, Float.BYTES, weight, bias, EPS, n);

        Values.assertSameBits(expected, actual, 1 + n, n + " of " + values);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 7, 16, 17, 100})
  void theResultIsThatOfDoublePrecision(int n) {
    float[] x = row(n, Values.ORDINARY);
    float[] weight = row(n, Values.ORDINARY);
    float[] bias = row(n, Values.ORDINARY);

    float[] y = apply(x, weight, bias, EPS);

    double mean = 0;
    for (float value : x) {
      mean += value / (double) n;
    }
    double variance = 0;
    for (float value : x) {
      variance += (value - mean) * (value - mean) / n;
    }
    for (int i = 0; i < n; i++) {
      double exact = (x[i] - mean) / Math.sqrt(variance + EPS) * weight[i] + bias[i];
      assertEquals(exact, y[i], 0x1p-19);
    }
  }

  @Test
  void valuesThatAreAllTheSameBecomeTheBias() {
    float[] bias = {3, -1, 0.5f, 7};
    assertArrayEquals(bias, apply(new float[] {5, 5, 5, 5}, new float[] {2, 2, 2, 2}, bias, EPS));
  }

  @Test
  void withoutEpsTheVarianceIsOne() {
    assertArrayEquals(
        new float[] {1, -1, 1, -1},
        apply(new float[] {7, 3, 7, 3}, new float[] {1, 1, 1, 1}, new float[4], 0));
  }

  @Test
  void aNumberThatIsNoneSpoilsItsRow() {
    float[] nan = {Float.NaN, Float.NaN};
    float[] ones = {1, 1};
    assertArrayEquals(nan, apply(new float[] {Float.NaN, 1}, ones, ones, EPS));
    assertArrayEquals(nan, apply(new float[] {1, Float.POSITIVE_INFINITY}, ones, ones, EPS));
  }

  private static float[] row(int n, Values values) {
    float[] row = new float[n];
    Random random = new Random(n);
    for (int i = 0; i < n; i++) {
      row[i] = values.next(random);
    }
    return row;
  }

  private static float[] apply(float[] x, float[] weight, float[] bias, float eps) {
    MemorySegment out = Values.zeros(x.length + WIDEST);
    LayerNorm kernel =
        Kernels.vectors()
            ? Specialization.of(VectorLayerNorm.class, new LayerNorm.Shape(Kernels.maxLanes()))
            : new ScalarLayerNorm();
    kernel.apply(padded(x), 0, out, 0, padded(weight), padded(bias), eps, x.length);
    return out.asSlice(0, (long) x.length * Float.BYTES).toArray(JAVA_FLOAT);
  }

  /** What lies behind a row must not count: here it is NaN. */
  private static MemorySegment padded(float... x) {
    MemorySegment row = Values.zeros(x.length + WIDEST);
    for (int i = 0; i < x.length + WIDEST; i++) {
      row.setAtIndex(JAVA_FLOAT, i, i < x.length ? x[i] : Float.NaN);
    }
    return row;
  }
}
