// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/** A function of one feature that a {@link GeneralCell} uses, and its derivative. */
public record CellFunction(Elementwise value, Derivative derivative) {
  /** The derivative of {@code value(clipped x)}: zero where a limit is exceeded; 0 for no limit. */
  float slope(float x, float clip) {
    return clip > 0 && Math.abs(x) > clip ? 0 : derivative.at(x);
  }
}
