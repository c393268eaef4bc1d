// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.lstm4j.tools.StoredTensor;

/**
 * Deals the atoms of a tensor's axes out to the axes of another shape, in the same order: that is
 * all that a reshape does, unless it really mixes axes. Used once.
 */
final class Reshaping {
  private static final int INFERRED = -1;

  private final Call call;
  private final Deque<Atom> atoms = new ArrayDeque<>();

  private Reshaping(Call call, List<Axis> axes) {
    this.call = call;
    axes.forEach(axis -> atoms.addAll(axis.atoms()));
  }

  /**
   * The axes after a reshape.
   *
   * @param shape 0 stands for the size that the axis has, and one -1 for what is left
   * @param allowZero whether 0 stands for itself
   */
  static List<Axis> of(Call call, List<Axis> axes, List<Dim> shape, boolean allowZero) {
    List<Dim> wanted = new ArrayList<>();
    for (int i = 0; i < shape.size(); i++) {
      Dim dim = shape.get(i);
      call.require(!dim.is(0) || !allowZero, "an axis of size 0");
      call.require(!dim.is(0) || i < axes.size(), "more zeros than axes; the graph is damaged");
      wanted.add(dim.is(0) ? Dim.of(axes.get(i)) : dim);
    }
    return new Reshaping(call, axes).dealt(wanted);
  }

  private List<Axis> dealt(List<Dim> wanted) {
    int inferred = wanted.indexOf(Dim.of(INFERRED));
    int before = inferred < 0 ? wanted.size() : inferred;
    List<Axis> axes = new ArrayList<>();
    for (Dim dim : wanted.subList(0, before)) {
      axes.add(new Axis(taken(dim, true)));
    }
    List<Axis> behind = new ArrayList<>();
    for (Dim dim : wanted.subList(Math.min(before + 1, wanted.size()), wanted.size()).reversed()) {
      behind.addFirst(new Axis(taken(dim, false)));
    }
    if (inferred >= 0) {
      axes.add(new Axis(List.copyOf(atoms)));
    } else {
      call.require(Axis.solid(List.copyOf(atoms)).isEmpty(), "a shape that leaves out an axis");
    }
    axes.addAll(behind);
    return axes;
  }

  /** The atoms that make up a size, from the front or from the back. */
  private List<Atom> taken(Dim dim, boolean front) {
    List<Atom> taken = new ArrayList<>();
    if (dim.isSize()) {
      List<Atom> wanted = Axis.solid(dim.atoms());
      while (Axis.solid(taken).size() < wanted.size()) {
        taken.add(next(front));
      }
      List<Atom> found = front ? taken : taken.reversed();
      call.require(Axis.solid(found).equals(wanted), "a shape that mixes axes");
      return List.copyOf(found);
    }
    call.require(dim.known(), "a shape that is computed in a way that lstm4j cannot follow");
    long size = 1;
    if (dim.is(1) && !atoms.isEmpty() && peek(front).isUnit()) {
      return List.of(next(front));
    }
    while (size != dim.value()) {
      Atom atom = next(front);
      call.require(
          atom.isKnown() && dim.value() % Math.multiplyExact(size, atom.size()) == 0,
          "a shape that mixes axes; lstm4j keeps time, batch and features apart");
      size *= atom.size();
      taken.add(atom);
    }
    return List.copyOf(front ? taken : taken.reversed());
  }

  private Atom peek(boolean front) {
    return front ? atoms.peekFirst() : atoms.peekLast();
  }

  private Atom next(boolean front) {
    call.require(!atoms.isEmpty(), "a shape of another size than its input has");
    return front ? atoms.pollFirst() : atoms.pollLast();
  }

  /** The shape of a constant after a reshape. */
  static long[] of(Call call, StoredTensor tensor, List<Long> shape, boolean allowZero) {
    long[] result = new long[shape.size()];
    long product = 1;
    int inferred = -1;
    for (int i = 0; i < result.length; i++) {
      long size = shape.get(i);
      call.require(size != 0 || allowZero || i < tensor.shape().length, "more zeros than axes");
      result[i] = size == 0 && !allowZero ? tensor.shape()[i] : size;
      if (size == INFERRED) {
        call.require(inferred < 0, "a shape with two sizes left open; the graph is damaged");
        inferred = i;
      } else {
        call.require(
            result[i] > 0 && product <= tensor.size() / result[i],
            "a shape %s that %s does not have",
            shape,
            tensor);
        product *= result[i];
      }
    }
    if (inferred >= 0) {
      result[inferred] = tensor.size() / product;
      product *= result[inferred];
    }
    call.require(product == tensor.size(), "a shape %s that %s does not have", shape, tensor);
    return result;
  }
}
