// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.lstm4j.format.ModelFormatException;

/** What the header of an {@code .npy} file says of the data behind it. */
final class NpyHeader {
  private static final String KEYS = "'descr', 'fortran_order' and 'shape'";
  private static final String CONVERT = "store it with astype('float32')";

  private final ElementType type;
  private final ByteOrder order;
  private final boolean fortranOrder;
  private final long[] shape;

  private NpyHeader(ElementType type, ByteOrder order, boolean fortranOrder, long[] shape) {
    this.type = type;
    this.order = order;
    this.fortranOrder = fortranOrder;
    this.shape = shape;
  }

  /**
   * Reads a header's text, a Python dictionary literal.
   *
   * @param name what messages call the file
   * @throws ModelFormatException if it is not a header, or describes what cannot be read here
   */
  static NpyHeader parse(String text, String name) throws ModelFormatException {
    Map<String, Object> fields = new PythonLiteral(text, name + ": the header").dictionary();
    if (fields.size() == 3
        && fields.containsKey("descr")
        && fields.get("fortran_order") instanceof Boolean fortranOrder
        && fields.get("shape") instanceof List<?> list) {
      String descr = typeString(fields.get("descr"), name);
      ElementType type = type(descr, name);
      return new NpyHeader(type, order(descr.charAt(0)), fortranOrder, shape(list, name));
    }
    throw new ModelFormatException(
        "%s: the header does not hold exactly %s; write it with numpy.save".formatted(name, KEYS));
  }

  /** Returns the text of a header for an array as {@link Npy} writes it, without its padding. */
  static String format(NdArray array) {
    char order = array.type().bytes() == 1 ? '|' : '<';
    return "{'descr': '%c%s', 'fortran_order': False, 'shape': %s, }"
        .formatted(order, array.type().code(), NdArray.describe(array.shape()));
  }

  /** Returns the type of the elements. */
  ElementType type() {
    return type;
  }

  /** Returns the byte order of the elements. */
  ByteOrder order() {
    return order;
  }

  /** Returns whether the first index varies fastest, rather than the last. */
  boolean fortranOrder() {
    return fortranOrder;
  }

  /** Returns the length of each dimension, none negative; not a copy. */
  long[] shape() {
    return shape;
  }

  /**
   * Returns the bytes that the data takes.
   *
   * @throws ModelFormatException if they are more than a Java array holds
   */
  int dataBytes(String name) throws ModelFormatException {
    long elements = NdArray.elements(shape).orElse(Long.MAX_VALUE);
    if (elements > NdArray.MAX_BYTES / type.bytes()) {
      throw new ModelFormatException(
          "%s: the shape %s of %s takes more than 2 GiB; split the array"
              .formatted(name, NdArray.describe(shape), type));
    }
    return (int) elements * type.bytes();
  }

  private static String typeString(Object descr, String name) throws ModelFormatException {
    return switch (descr) {
      case String text when text.length() > 1 -> text;
      case List<?> _ ->
          throw new ModelFormatException(
              "%s: holds a structured type; store each field as an array".formatted(name));
      default ->
          throw new ModelFormatException(
              "%s: the header's 'descr' is not a type; write it with numpy.save".formatted(name));
    };
  }

  private static ElementType type(String descr, String name) throws ModelFormatException {
    String code = descr.substring(1);
    if (code.startsWith("O")) {
      throw new ModelFormatException(
          "%s: holds Python objects, and reading object arrays would run pickle; %s"
              .formatted(name, CONVERT));
    }
    ElementType type = ElementType.ofCode(code).orElse(null);
    boolean orderKnown = "<>".indexOf(descr.charAt(0)) >= 0;
    boolean orderNeedless = descr.charAt(0) == '|' && type != null && type.bytes() == 1;
    if (type == null || !(orderKnown || orderNeedless)) {
      throw new ModelFormatException(
          "%s: holds elements of NumPy's type '%s', which is not read here; %s"
              .formatted(name, Text.abbreviate(descr), CONVERT));
    }
    return type;
  }

  private static ByteOrder order(char mark) {
    return mark == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  private static long[] shape(List<?> list, String name) throws ModelFormatException {
    if (list.size() > NdArray.MAX_RANK) {
      throw new ModelFormatException(
          "%s: the shape has %d dimensions, more than NumPy's %d; reshape the array"
              .formatted(name, list.size(), NdArray.MAX_RANK));
    }
    long[] shape = new long[list.size()];
    for (int i = 0; i < shape.length; i++) {
      if (!(list.get(i) instanceof Long length) || length < 0) {
        throw new ModelFormatException(
            "%s: dimension %d of the shape is %s, not a length; the file is damaged"
                .formatted(name, i, Text.abbreviate(String.valueOf(list.get(i)))));
      }
      shape[i] = length;
    }
    return shape;
  }
}
