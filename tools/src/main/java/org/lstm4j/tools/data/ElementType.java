// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.util.Locale;
import java.util.Optional;

/** The type of an array's elements: those of NumPy's types that a network can read or write. */
public enum ElementType {
  /** IEEE 754 binary16. */
  FLOAT16("f2", 2),
  /** IEEE 754 binary32. */
  FLOAT32("f4", 4),
  /** IEEE 754 binary64. */
  FLOAT64("f8", 8),
  /** Signed, 8 bits. */
  INT8("i1", 1),
  /** Signed, 16 bits. */
  INT16("i2", 2),
  /** Signed, 32 bits. */
  INT32("i4", 4),
  /** Signed, 64 bits. */
  INT64("i8", 8),
  /** Unsigned, 8 bits. */
  UINT8("u1", 1),
  /** One byte an element, zero is false. */
  BOOL("b1", 1);

  private final String code;
  private final int bytes;

  ElementType(String code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** Returns the bytes that one element takes. */
  public int bytes() {
    return bytes;
  }

  /** Returns whether the elements are whole numbers; {@link #BOOL} counts as 0 and 1. */
  public boolean isInteger() {
    return switch (this) {
      case FLOAT16, FLOAT32, FLOAT64 -> false;
      case INT8, INT16, INT32, INT64, UINT8, BOOL -> true;
    };
  }

  /** Returns NumPy's name of this type, such as {@code float32}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns NumPy's kind and size, such as {@code f4}: a type string without its byte order. */
  String code() {
    return code;
  }

  /** Returns the type of NumPy's kind and size, or nothing if it is none of these. */
  static Optional<ElementType> ofCode(String code) {
    for (ElementType type : values()) {
      if (type.code.equals(code)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
