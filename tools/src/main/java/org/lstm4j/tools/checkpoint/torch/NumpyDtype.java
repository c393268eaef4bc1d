// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.tools.DType;

/** A numpy.dtype: the type of elements, and their byte order. */
final class NumpyDtype {
  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("f8", DType.FLOAT64),
          Map.entry("f4", DType.FLOAT32),
          Map.entry("f2", DType.FLOAT16),
          Map.entry("i8", DType.INT64),
          Map.entry("i4", DType.INT32),
          Map.entry("i2", DType.INT16),
          Map.entry("i1", DType.INT8),
          Map.entry("u8", DType.UINT64),
          Map.entry("u4", DType.UINT32),
          Map.entry("u2", DType.UINT16),
          Map.entry("u1", DType.UINT8),
          Map.entry("b1", DType.BOOL));

  private static final int MAX_CODE_LENGTH = 16;

  private final String code;
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  /**
   * The call numpy.dtype(code, ...), for example of {@code f4}.
   *
   * @param arguments of the call
   */
  NumpyDtype(Object[] arguments) {
    code =
        arguments.length > 0
                && arguments[0] instanceof String text
                && text.length() <= MAX_CODE_LENGTH
            ? text
            : "?";
  }

  /** The state that NumPy pickles: a version, then the byte order as {@code <}, {@code >}. */
  void setState(Object state) {
    if (state instanceof Object[] items && items.length > 1 && items[1] instanceof String sign) {
      order = sign.equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }
  }

  /** Empty for types that no tensor has: text, objects, records, complex numbers. */
  Optional<DType> dtype() {
    return Optional.ofNullable(TYPES.get(code.toLowerCase(Locale.ROOT)));
  }

  ByteOrder order() {
    return order;
  }

  @Override
  public String toString() {
    return "numpy.dtype " + code;
  }
}
