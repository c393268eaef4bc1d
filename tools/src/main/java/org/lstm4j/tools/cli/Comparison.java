// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;

/**
 * How far one result is from its reference. Two NaN, and two infinities of one sign, are equal;
 * anything else beside them is infinitely far.
 *
 * @param key what was compared
 * @param absolute the largest difference
 * @param relative the largest difference over the magnitude of its reference, where that is not 0
 * @param magnitude the largest of the reference
 * @param pytorch the largest difference of PyTorch's own 32-bit result, where it is there
 * @param bound what {@code absolute} may be at most
 */
public record Comparison(
    String key,
    double absolute,
    double relative,
    double magnitude,
    OptionalDouble pytorch,
    double bound) {

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

  /** Says how large the error is beside the reference as a whole, and the bound if there is one. */
  String inProportion() {
    return String.format(
        Locale.ROOT,
        "%s: largest error %.3g, which is %s of the largest magnitude, %.3g%s",
        key,
        absolute,
        magnitude == 0
            ? "no part"
            : String.format(Locale.ROOT, "%.3g %%", 100 * absolute / magnitude),
        magnitude,
        Double.isInfinite(bound) ? "" : String.format(Locale.ROOT, "; bound %.3g", bound));
  }

  /** Says both errors and the bound, each relative to the largest magnitude. */
  public String relativeToLargest() {
    double unit = magnitude == 0 ? 1 : magnitude;
    return String.format(
        Locale.ROOT,
        "%s: largest error %.3g of the largest magnitude, %.3g; bound %.3g, PyTorch's own error %s",
        key,
        absolute / unit,
        magnitude,
        bound / unit,
        pytorch.isPresent()
            ? String.format(Locale.ROOT, "%.3g", pytorch.getAsDouble() / unit)
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
      String key, NdArray reference, Optional<NdArray> float32, NdArray result, ErrorBound bound)
      throws ModelFormatException {
    double[] expected = reference.doubles();
    double[] found = result.doubles();
    double magnitude = largestMagnitude(expected);
    OptionalDouble pytorch = OptionalDouble.empty();
    if (float32.isPresent()) {
      pytorch = OptionalDouble.of(pytorchsError(expected, float32.get()));
    }
    return new Comparison(
        key,
        largestDifference(expected, found),
        largestRelativeDifference(expected, found),
        magnitude,
        pytorch,
        bound.of(magnitude, pytorch));
  }

  private static double pytorchsError(double[] expected, NdArray float32)
      throws ModelFormatException {
    double error = largestDifference(expected, float32.doubles());
    if (Double.isInfinite(error)) {
      throw new ModelFormatException(
          "%s: is not finite where the reference is; store PyTorch's own result of the same input"
              .formatted(float32.name()));
    }
    return error;
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
