// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

/** The type of a stored tensor's elements, by PyTorch's names. */
public enum DType {
  /** IEEE 754 double precision. */
  FLOAT64("float64", 8, true),
  /** IEEE 754 single precision. */
  FLOAT32("float32", 4, true),
  /** IEEE 754 half precision. */
  FLOAT16("float16", 2, true),
  /** The upper half of a single-precision number. */
  BFLOAT16("bfloat16", 2, true),
  /** Signed, 64 bits. */
  INT64("int64", 8, false),
  /** Signed, 32 bits. */
  INT32("int32", 4, false),
  /** Signed, 16 bits. */
  INT16("int16", 2, false),
  /** Signed, 8 bits. */
  INT8("int8", 1, false),
  /** Unsigned, 64 bits. */
  UINT64("uint64", 8, false),
  /** Unsigned, 32 bits. */
  UINT32("uint32", 4, false),
  /** Unsigned, 16 bits. */
  UINT16("uint16", 2, false),
  /** Unsigned, 8 bits. */
  UINT8("uint8", 1, false),
  /** 0 or 1 in a byte. */
  BOOL("bool", 1, false);

  private final String torchName;
  private final int bytes;
  private final boolean floatingPoint;

  DType(String torchName, int bytes, boolean floatingPoint) {
    this.torchName = torchName;
    this.bytes = bytes;
    this.floatingPoint = floatingPoint;
  }

  /** The size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether an element can be a weight. */
  public boolean isFloatingPoint() {
    return floatingPoint;
  }

  /** PyTorch's name, for example {@code float32}. */
  @Override
  public String toString() {
    return torchName;
  }
}
