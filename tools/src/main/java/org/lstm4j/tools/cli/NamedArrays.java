// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;

/**
 * Arrays by key, such as those of an {@code .npz} file.
 *
 * @param source where they come from, as messages call it
 * @param arrays in order, unmodifiable
 */
public record NamedArrays(String source, Map<String, NdArray> arrays) {
  /** Copies the map. */
  public NamedArrays {
    arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
  }

  /** The array of a key, where there is one. */
  public Optional<NdArray> find(String key) {
    return Optional.ofNullable(arrays.get(key));
  }

  /** The same arrays and one more. */
  NamedArrays with(String key, NdArray array) {
    Map<String, NdArray> more = new LinkedHashMap<>(arrays);
    more.put(key, array);
    return new NamedArrays(source, more);
  }

  /** What is wrong with one of the arrays. */
  ModelFormatException fault(String key, String sentence, Object... values) {
    return new ModelFormatException(source + ": " + key + " " + sentence.formatted(values));
  }

  /** What is wrong with the whole. */
  ModelFormatException fault(String sentence) {
    return new ModelFormatException(source + ": " + sentence);
  }

  /** Checks that an array has exactly this shape. */
  void requireShape(String key, long... expected) throws ModelFormatException {
    long[] found = arrays.get(key).shape();
    if (!Arrays.equals(found, expected)) {
      throw fault(
          key,
          "has the shape %s where %s is expected; store it in that shape",
          Arrays.toString(found),
          Arrays.toString(expected));
    }
  }
}
