// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("numeric")
class SoftmaxTest {
  private static final int WIDEST = 16;

  private final Softmax softmax = new Softmax(new SessionKernels(1, new HashSet<>()));

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 16, 17, 100})
  void probabilitiesAreThoseOfDoublePrecision(int n) {
    float[] x = random(n, 20);
    double[] exact = exactSoftmax(x);
    float[] y = softmax(x);
    for (int i = 0; i < n; i++) {
      // x - max, up to 20 here, is rounded by up to 2^-20, and so is the exponent.
      assertEquals(exact[i], y[i], 0x1p-19 * exact[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 16, 17, 100})
  void logarithmsOfProbabilitiesAreThoseOfDoublePrecision(int n) {
    float[] x = random(n, 20);
    double[] exact = exactSoftmax(x);
    float[] y = logSoftmax(x);
    for (int i = 0; i < n; i++) {
      assertEquals(Math.log(exact[i]), y[i], 1e-5);
    }
  }

  @Test
  void hugeValuesDoNotOverflow() {
    assertArrayEquals(new float[] {0.5f, 0, 0.5f}, softmax(3e38f, -3e38f, 3e38f));
    assertArrayEquals(new float[] {0, -2000}, logSoftmax(1000, -1000));
  }

  @Test
  void minusInfinityHasProbabilityZero() {
    assertArrayEquals(new float[] {0, 1}, softmax(Float.NEGATIVE_INFINITY, 7));
  }

  @Test
  void anInputThatIsNoNumberMakesAllOutputsSo() {
    float[] allNaN = {Float.NaN, Float.NaN};
    assertArrayEquals(allNaN, softmax(Float.NaN, 1));
    assertArrayEquals(allNaN, logSoftmax(1, Float.NaN));
    assertArrayEquals(allNaN, softmax(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY));
  }

  private float[] softmax(float... x) {
    MemorySegment out = Values.zeros(x.length + WIDEST);
    softmax.softmax(padded(x), 0, out, 0, x.length);
    return out.asSlice(0, (long) x.length * Float.BYTES).toArray(JAVA_FLOAT);
  }

  private float[] logSoftmax(float... x) {
    MemorySegment out = Values.zeros(x.length + WIDEST);
    softmax.logSoftmax(padded(x), 0, out, 0, x.length);
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

  private static float[] random(int n, float scale) {
    Random random = new Random(n);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = scale * (random.nextFloat() - 0.5f);
    }
    return values;
  }

  private static double[] exactSoftmax(float... x) {
    double sum = 0;
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.exp(x[i]);
      sum += y[i];
    }
    for (int i = 0; i < x.length; i++) {
      y[i] /= sum;
    }
    return y;
  }
}
