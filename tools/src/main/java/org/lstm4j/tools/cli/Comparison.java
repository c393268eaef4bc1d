// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;

/**
 * How far one result is from its reference.
 *
 * <p>Where the reference comes with PyTorch's own 32-bit result of the same, the bound on the
 * absolute error is {@code 2 e + 2^-22 max(1, |reference|)}, with e the largest error of PyTorch's
 * result and |reference| the largest magnitude: twice what PyTorch itself gets wrong, and a few
 * last bits. Otherwise it is {@code tolerance * max(1, |reference|)}. Two NaN, and two infinities
 * of one sign, are equal; anything else beside them is infinitely far.
 *
 * @param key what was compared
 * @param absolute the largest difference
 * @param relative the largest difference over the magnitude of its reference, where that is not 0
 * @param pytorch the largest difference of PyTorch's own 32-bit result, where it is there
 * @param bound what {@code absolute} may be at most
 */
public record Comparison(
    String key, double absolute, double relative, OptionalDouble pytorch, double bound) {
  private static final double LAST_BITS = 0x1p-22;

  /** Whether the result is within the bound; never where it is infinitely far. */
  public boolean holds() {
    return absolute <= bound && Double.isFinite(absolute);
  }

  /** Says both errors and the bound. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: largest error %.3g absolute, %.3g relative; bound %.3g, PyTorch's own error %s",
        key,
        absolute,
        relative,
        bound,
        pytorch.isPresent()
            ? String.format(Locale.ROOT, "%.3g", pytorch.getAsDouble())
            : "not given");
  }

  /**
   * Compares one array.
   *
   * @param result of the same shape as the reference
   * @param float32 PyTorch's own 32-bit result, of the same shape too
   * @throws ModelFormatException if the 32-bit result is not finite where the reference is: it then
   *     says nothing about what may be asked of another
   */
  static Comparison of(
      String key, NdArray reference, Optional<NdArray> float32, NdArray result, double tolerance)
      throws ModelFormatException {
    double[] expected = reference.doubles();
    double[] found = result.doubles();
    double magnitude = Math.max(1, largestMagnitude(expected));
    double absolute = largestDifference(expected, found);
    double relative = largestRelativeDifference(expected, found);
    if (float32.isEmpty()) {
      return new Comparison(key, absolute, relative, OptionalDouble.empty(), tolerance * magnitude);
    }
    double pytorch = largestDifference(expected, float32.get().doubles());
    if (Double.isInfinite(pytorch)) {
      throw new ModelFormatException(
          "%s: is not finite where the reference is; store PyTorch's own result of the same input"
              .formatted(float32.get().name()));
    }
    return new Comparison(
        key, absolute, relative, OptionalDouble.of(pytorch), 2 * pytorch + LAST_BITS * magnitude);
  }

  private static double largestMagnitude(double[] values) {
    double largest = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest;
  }

  private static double largestDifference(double[] expected, double[] found) {
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, difference(expected[i], found[i]));
    }
    return largest;
  }

  private static double largestRelativeDifference(double[] expected, double[] found) {
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != 0) {
        double difference = difference(expected[i], found[i]);
        largest =
            Math.max(
                largest,
                Double.isFinite(expected[i]) ? difference / Math.abs(expected[i]) : difference);
      }
    }
    return largest;
  }

  private static double difference(double expected, double found) {
    if (Double.compare(expected, found) == 0 || expected == found) {
      return 0;
    }
    double difference = Math.abs(expected - found);
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
  }
}
