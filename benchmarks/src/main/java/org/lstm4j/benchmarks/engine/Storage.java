// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.Locale;

/** How an engine holds its weights. */
public enum Storage {
  /** As they were given. */
  F32(Float.BYTES, 1e-4),

  /** 8 significant bits; some engines round activations and h to the same. */
  BF16(Short.BYTES, 0.01),

  /** 8-bit integers with scales; some engines round activations and h to 8 bits too. */
  INT8(Byte.BYTES, 0.03);

  private final int bytesPerWeight;
  private final double bound;

  Storage(int bytesPerWeight, double bound) {
    this.bytesPerWeight = bytesPerWeight;
    this.bound = bound;
  }

  /** {@return the storage of that label} */
  static Storage of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  /** {@return the name in a row: {@code f32}, {@code bf16} or {@code int8}} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@return bytes of one weight} */
  public int bytesPerWeight() {
    return bytesPerWeight;
  }

  /**
   * {@return how far outputs, which lie in (-1, 1), may be from lstm4j's with float32 weights
   * before an engine is refused}
   */
  public double bound() {
    return bound;
  }
}
