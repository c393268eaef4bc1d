// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Arrays;
import java.util.List;
import org.lstm4j.engine.Tensor;

/**
 * A tensor of a file in words.
 *
 * @param name its full name in the file
 * @param dtype the type of the elements as stored, by PyTorch's name
 * @param shape the size of each dimension
 * @param nan elements that are NaN
 * @param inf elements that are infinite
 */
record TensorSummary(String name, String dtype, List<Long> shape, long nan, long inf) {
  /** Counts over the elements in float32. */
  static TensorSummary of(String name, String dtype, Tensor values) {
    long nan = 0;
    long inf = 0;
    for (long i = 0; i < values.size(); i++) {
      float value = values.get(i);
      if (Float.isNaN(value)) {
        nan++;
      } else if (Float.isInfinite(value)) {
        inf++;
      }
    }
    return new TensorSummary(name, dtype, shape(values.shape()), nan, inf);
  }

  /** A tensor that is no weight. */
  static TensorSummary ofIntegers(String name, String dtype, long[] shape) {
    return new TensorSummary(name, dtype, shape(shape), 0, 0);
  }

  private static List<Long> shape(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }
}
