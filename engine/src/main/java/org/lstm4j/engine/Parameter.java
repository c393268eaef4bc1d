// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * The name and shape of one weight tensor that a layer needs, as PyTorch names and shapes it, for
 * example {@code lstm.weight_ih_l0} of shape [4 * hidden size, input size].
 *
 * @param name the full name, module path included
 * @param shape the size of each dimension
 */
public record Parameter(String name, List<Long> shape) {
  /** Copies the shape. */
  public Parameter {
    shape = List.copyOf(shape);
  }

  static Parameter of(String module, String name, long... shape) {
    List<Long> sizes = new ArrayList<>(shape.length);
    for (long size : shape) {
      sizes.add(size);
    }
    return new Parameter(module.isEmpty() ? name : module + "." + name, sizes);
  }

  /** {@return the number of elements} */
  public long size() {
    return Tensor.sizeOf(shapeArray());
  }

  /** {@return the shape as a new array} */
  public long[] shapeArray() {
    long[] array = new long[shape.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = shape.get(i);
    }
    return array;
  }
}
