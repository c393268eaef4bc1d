// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.List;
import java.util.stream.Stream;

/**
 * A whole number in the computation of a shape.
 *
 * @param known whether the number is {@code value}; otherwise it is the product of the sizes of the
 *     atoms plus {@code value}
 * @param value see there
 * @param atoms whose sizes it is made of, also where it is known; none if of no axis
 */
record Dim(boolean known, long value, List<Atom> atoms) {
  Dim {
    atoms = List.copyOf(atoms);
  }

  static Dim of(long value) {
    return new Dim(true, value, List.of());
  }

  /** The size of an axis. */
  static Dim of(Axis axis) {
    long size = axis.size();
    return size < 0 ? new Dim(false, 0, axis.atoms()) : new Dim(true, size, axis.atoms());
  }

  boolean is(long number) {
    return known && value == number;
  }

  /** Whether it is the size of the atoms and nothing else. */
  boolean isSize() {
    return !atoms.isEmpty() && (known || value == 0);
  }

  /** This plus a number. */
  Dim plus(long number) {
    return known
        ? of(Math.addExact(value, number))
        : new Dim(false, Math.addExact(value, number), atoms);
  }

  /** The product; {@code null} where it cannot be expressed. */
  Dim times(Dim other) {
    if (known && other.known) {
      return new Dim(
          true,
          Math.multiplyExact(value, other.value),
          isSize() && other.isSize()
              ? Stream.concat(atoms.stream(), other.atoms.stream()).toList()
              : List.of());
    }
    if (is(1)) {
      return other;
    }
    if (other.is(1)) {
      return this;
    }
    return isSize() && other.isSize()
        ? new Dim(false, 0, Stream.concat(atoms.stream(), other.atoms.stream()).toList())
        : null;
  }
}
