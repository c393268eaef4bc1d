// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.OptionalDouble;

/** What the error of a result may be at most. */
@FunctionalInterface
public interface ErrorBound {
  /** Of float32, relative to the largest magnitude. */
  double LAST_BITS = 0x1p-22;

  /**
   * The bound for one array.
   *
   * @param magnitude the largest of the reference
   * @param pytorch the largest error of PyTorch's own 32-bit result, where it is there
   */
  double of(double magnitude, OptionalDouble pytorch);

  /**
   * What a 32-bit result is held to: with e the error of PyTorch's own, {@code 2 e + 2^-22 max(1,
   * magnitude)}, that is twice what PyTorch itself gets wrong, and a few last bits. Where that is
   * not there, {@link #ofTolerance}.
   */
  static ErrorBound ofFloat32(double tolerance) {
    return (magnitude, pytorch) ->
        pytorch.isPresent()
            ? 2 * pytorch.getAsDouble() + LAST_BITS * Math.max(1, magnitude)
            : ofTolerance(tolerance).of(magnitude, pytorch);
  }

  /**
   * What a gradient is held to: as {@link #ofFloat32}, but relative to the largest gradient of the
   * tensor however small that is, {@code 2 e + 2^-22 magnitude}. Where PyTorch's own error is not
   * there, {@code tolerance * magnitude}.
   */
  static ErrorBound ofGradient(double tolerance) {
    return (magnitude, pytorch) ->
        pytorch.isPresent()
            ? 2 * pytorch.getAsDouble() + LAST_BITS * magnitude
            : tolerance * magnitude;
  }

  /** {@code tolerance * max(1, magnitude)}. */
  static ErrorBound ofTolerance(double tolerance) {
    return (magnitude, _) -> tolerance * Math.max(1, magnitude);
  }

  /** Any error, as long as it is finite. */
  static ErrorBound none() {
    return (_, _) -> Double.POSITIVE_INFINITY;
  }
}
