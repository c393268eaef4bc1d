// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.util.Arrays;
import java.util.Locale;

/**
 * Walks all 2^32 floats through each function and prints its largest errors against double
 * precision.
 *
 * <p>Not a test: it runs for minutes. Its arguments are names of {@link ElementaryFunction}, all
 * when there are none. Run it with and without {@code -XX:-UseFMA}; the figures in {@link
 * ScalarMath} are its output:
 *
 * <pre>{@code
 * java -cp engine/target/classes:engine/target/test-classes \
 *     org.lstm4j.engine.kernel.ExhaustiveError
 * }</pre>
 */
final class ExhaustiveError {

  private final ElementaryFunction function;

  private double ulpError;
  private float ulpErrorAt;
  private double absoluteError;
  private float absoluteErrorAt;
  private long outOfBound;
  private long beyondOne;

  private ExhaustiveError(ElementaryFunction function) {
    this.function = function;
  }

  public static void main(String[] names) {
    ElementaryFunction[] functions =
        names.length == 0
            ? ElementaryFunction.values()
            : Arrays.stream(names)
                .map(name -> ElementaryFunction.valueOf(name.toUpperCase(Locale.ROOT)))
                .toArray(ElementaryFunction[]::new);
    System.out.printf("fused multiply-add: %b%n", NumericClass.FMA);
    for (ElementaryFunction function : functions) {
      ExhaustiveError error = new ExhaustiveError(function);
      error.walk();
      System.out.println(error);
    }
  }

  private void walk() {
    for (long bits = 0; bits < 1L << 32; bits++) {
      float x = Float.intBitsToFloat((int) bits);
      compare(x, function.apply(x));
    }
  }

  private void compare(float x, float y) {
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
            + " out of bound %d, beyond 1 %d",
        function.name().toLowerCase(Locale.ROOT),
        ulpError,
        ulpErrorAt,
        ulpErrorAt,
        absoluteError * 0x1p24,
        absoluteErrorAt,
        absoluteErrorAt,
        outOfBound,
        beyondOne);
  }
}
