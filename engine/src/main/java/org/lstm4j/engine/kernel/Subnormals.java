// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The engine's flush to zero: h and c never hold a value below 2^-126.
 *
 * <p>Java cannot switch the processor's own flush on, and a decaying state would otherwise end in
 * subnormal numbers, which some processors handle very slowly. All kernels flush alike.
 */
public final class Subnormals {
  private Subnormals() {}

  /** Zero for a subnormal value, any other value as it is; NaN stays NaN. */
  public static float flush(float value) {
    return Math.abs(value) < Float.MIN_NORMAL ? 0f : value;
  }
}
