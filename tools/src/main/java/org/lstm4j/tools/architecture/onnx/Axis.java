// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.List;
import org.lstm4j.tools.checkpoint.onnx.OnnxInput;

/**
 * An axis of a tensor: the atoms merged in it, the outermost first.
 *
 * @param atoms none for an axis of size 1
 */
record Axis(List<Atom> atoms) {
  Axis {
    atoms = List.copyOf(atoms);
  }

  static Axis of(Atom... atoms) {
    return new Axis(List.of(atoms));
  }

  /** An axis of size 1. */
  static Axis unit() {
    return new Axis(List.of());
  }

  /** The size, {@link OnnxInput#UNKNOWN} if it varies. */
  long size() {
    return size(atoms);
  }

  boolean isUnit() {
    return solid().isEmpty();
  }

  /** The atoms whose place matters. */
  List<Atom> solid() {
    return solid(atoms);
  }

  /** Whether there is nothing else in it than this atom. */
  boolean isOnly(Atom atom) {
    return atom != null && solid().equals(List.of(atom));
  }

  static List<Atom> solid(List<Atom> atoms) {
    return atoms.stream().filter(atom -> !atom.isUnit()).toList();
  }

  /** The product of the sizes, {@link OnnxInput#UNKNOWN} if one of them varies. */
  static long size(List<Atom> atoms) {
    long product = 1;
    for (Atom atom : atoms) {
      if (!atom.isKnown()) {
        return OnnxInput.UNKNOWN;
      }
      product = Math.multiplyExact(product, atom.size());
    }
    return product;
  }
}
