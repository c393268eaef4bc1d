// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.safetensors;

import java.util.List;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.Shapes;

/**
 * One tensor as the header describes it.
 *
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last
 */
record TensorEntry(String name, DType dtype, List<Long> shape, long begin, long end) {
  /**
   * Checks that the shape fills the bytes.
   *
   * @throws Refusal if not
   */
  TensorEntry {
    shape = List.copyOf(shape);
    Refusal.require(
        shape.size() <= Shapes.MAX_DIMENSIONS,
        "gives %s more than %d dimensions; the file is damaged",
        name,
        Shapes.MAX_DIMENSIONS);
    Refusal.require(
        0 <= begin && begin <= end,
        "gives %s the offsets %d to %d, which is no range; the file is damaged",
        name,
        begin,
        end);
    long needed = Shapes.byteSize(toArray(shape), dtype.bytes(), name);
    Refusal.require(
        needed == end - begin,
        "gives %s %d bytes, where %s of shape %s takes %d; the file is damaged",
        name,
        end - begin,
        dtype,
        shape,
        needed);
  }

  long[] shapeArray() {
    return toArray(shape);
  }

  private static long[] toArray(List<Long> shape) {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
