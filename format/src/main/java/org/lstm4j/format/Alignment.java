// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

/** Where tensors may begin: at multiples of a cache line, with zeros in between. */
final class Alignment {
  static final int BYTES = 64;

  private Alignment() {}

  /** The first multiple at or after the offset. */
  static long roundUp(long offset) {
    return (offset + BYTES - 1) / BYTES * BYTES;
  }

  /** So that no byte of a file goes unverified. */
  static void requireZero(byte[] bytes, String where) {
    for (byte b : bytes) {
      FormatViolation.require(
          b == 0, "its %s is not all zeros; it is damaged, get it again", where);
    }
  }
}
