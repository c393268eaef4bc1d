// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.util.Arrays;
import java.util.Locale;

/**
 * Walks all 2^32 floats through each function and prints its largest errors against double
 * precision, and the number of floats for which the vector twin gives other bits (which is 0).
 *
 * <p>Not a test: it runs for minutes. Its arguments are names of {@link ElementaryFunction}, all
 * when there are none. Run it with and without {@code -XX:-UseFMA}; the figures in {@link
 * ScalarMath} are its output:
 *
 * <pre>{@code
 * java --add-modules jdk.incubator.vector -cp engine/target/classes:engine/target/test-classes \
 *     org.lstm4j.engine.kernel.ExhaustiveError
 * }</pre>
 */
final class ExhaustiveError {

  private static final int BLOCK = 4096;

  private final ElementaryFunction function;
  private final VectorLoops vectors;
  private final float[] x = new float[BLOCK];
  private final float[] y = new float[BLOCK];
  private final float[] twin = new float[BLOCK];

  private double ulpError;
  private float ulpErrorAt;
  private double absoluteError;
  private float absoluteErrorAt;
  private long outOfBound;
  private long beyondOne;
  private long otherBits;

  private ExhaustiveError(ElementaryFunction function) {
    this.function = function;
    this.vectors = new VectorLoops(function.name());
  }

  public static void main(String[] names) {
    ElementaryFunction[] functions =
        names.length == 0
            ? ElementaryFunction.values()
            : Arrays.stream(names)
                .map(name -> ElementaryFunction.valueOf(name.toUpperCase(Locale.ROOT)))
                .toArray(ElementaryFunction[]::new);
    System.out.printf(
        "fused multiply-add: %b; %d lanes%n", NumericClass.FMA, VectorLoops.preferredLanes());
    for (ElementaryFunction function : functions) {
      ExhaustiveError error = new ExhaustiveError(function);
      error.walk();
      System.out.println(error);
    }
  }

  private void walk() {
    for (long first = 0; first < 1L << 32; first += BLOCK) {
      for (int i = 0; i < BLOCK; i++) {
        x[i] = Float.intBitsToFloat((int) first + i);
      }
      vectors.accept(x, twin);
      for (int i = 0; i < BLOCK; i++) {
        y[i] = function.apply(x[i]);
      }
      for (int i = 0; i < BLOCK; i++) {
        compare(x[i], y[i], twin[i]);
      }
    }
  }

  private void compare(float x, float y, float twin) {
    if (Float.floatToIntBits(y) != Float.floatToIntBits(twin)) {
      otherBits++;
    }
    if (Math.abs(y) > 1) {
      beyondOne++;
    }
    double exact = function.reference(x);
    if (!function.allows(y, exact)) {
      outOfBound++;
    }
    if (Float.isInfinite((float) exact) || Double.isNaN(exact)) {
      return;
    }
    double absolute = Math.abs(y - exact);
    if (absolute > absoluteError) {
      absoluteError = absolute;
      absoluteErrorAt = x;
    }
    double ulp = ElementaryFunction.ulpError(y, exact);
    if (ulp > ulpError) {
      ulpError = ulp;
      ulpErrorAt = x;
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-8s %.3g ulp at %a (%1.8g), %.3f * 2^-24 absolute at %a (%1.8g);"
            + " out of bound %d, beyond 1 %d, vector twin differs %d",
        function.name().toLowerCase(Locale.ROOT),
        ulpError,
        ulpErrorAt,
        ulpErrorAt,
        absoluteError * 0x1p24,
        absoluteErrorAt,
        absoluteErrorAt,
        outOfBound,
        beyondOne,
        otherBits);
  }
}
