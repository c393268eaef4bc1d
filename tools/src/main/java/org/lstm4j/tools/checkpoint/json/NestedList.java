// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.json;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads lists of lists of numbers as one tensor, and checks that it has no ragged edges. */
final class NestedList {
  private static final int MAX_DIMENSIONS = 8;
  private static final long UNKNOWN = -1;

  // Of a file of 2 GiB.
  private static final int MAX_SIZE = 1 << 28;

  private final String name;
  private final long[] shape = new long[MAX_DIMENSIONS];
  private final long[] counts = new long[MAX_DIMENSIONS];
  private float[] values = new float[16];
  private int size;
  private int depth;
  private int dimensions;
  private int numbersAt;

  private NestedList(String name) {
    this.name = name;
    Arrays.fill(shape, UNKNOWN);
  }

  /**
   * Reads to the end of the list that the parser has just entered.
   *
   * @param name of the tensor
   * @return float32, whatever the digits say
   * @throws Refusal if it holds anything but numbers, or lists of different lengths
   */
  static StoredTensor read(String dict, String name, JsonParser parser, TensorMemory memory) {
    NestedList list = new NestedList(name);
    list.read(parser);
    return list.tensor(dict, memory);
  }

  private void read(JsonParser parser) {
    enter();
    while (depth > 0) {
      JsonToken token = parser.nextToken();
      switch (token) {
        case START_ARRAY -> enter();
        case END_ARRAY -> leave();
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> add(parser.getDoubleValue());
        case null, default ->
            throw new Refusal(
                "holds something else than numbers in the list '%s'; leave it out, or save it as"
                    + " numbers",
                name);
      }
    }
  }

  private void enter() {
    Refusal.require(
        depth < MAX_DIMENSIONS,
        "has the list '%s' of more than %d dimensions, which no weight has",
        name,
        MAX_DIMENSIONS);
    requireEven(numbersAt == 0 || depth < numbersAt);
    counts[depth] = 0;
    depth++;
    dimensions = Math.max(dimensions, depth);
  }

  private void leave() {
    depth--;
    if (shape[depth] == UNKNOWN) {
      shape[depth] = counts[depth];
    }
    requireEven(shape[depth] == counts[depth]);
    countItem();
  }

  private void add(double value) {
    numbersAt = numbersAt == 0 ? depth : numbersAt;
    requireEven(depth == numbersAt && depth == dimensions);
    float narrowed = (float) value;
    Refusal.require(
        Float.isFinite(narrowed) || !Double.isFinite(value),
        "has the number %s in '%s', beyond the range of float32; scale the network",
        value,
        name);
    if (size == values.length) {
      Refusal.require(size < MAX_SIZE, "has more than %d numbers in '%s'", MAX_SIZE, name);
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = narrowed;
    countItem();
  }

  private void countItem() {
    if (depth > 0) {
      counts[depth - 1]++;
    }
  }

  private void requireEven(boolean even) {
    Refusal.require(
        even, "has lists of different lengths or depths in '%s', so it is no tensor", name);
  }

  private StoredTensor tensor(String dict, TensorMemory memory) {
    long[] exact = Arrays.copyOf(shape, dimensions);
    long product = Arrays.stream(exact).reduce(1, (a, b) -> a * b);
    requireEven(product == size);
    MemorySegment data = memory.allocate((long) size * Float.BYTES, name);
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT, 0, size);
    return new StoredTensor(dict, name, DType.FLOAT32, exact, data);
  }
}
