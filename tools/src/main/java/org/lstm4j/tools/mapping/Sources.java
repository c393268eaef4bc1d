// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.mapping;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;

/** Finds the tensors that a mapping file names, by their paths or, where that is enough, names. */
final class Sources {
  private final Map<String, List<StoredTensor>> byPath;
  private final Map<String, List<StoredTensor>> byName;
  private final String mapping;

  Sources(List<StoredTensor> tensors, String mapping) {
    this.byPath = tensors.stream().collect(Collectors.groupingBy(StoredTensor::path));
    this.byName = tensors.stream().collect(Collectors.groupingBy(StoredTensor::name));
    this.mapping = mapping;
  }

  /**
   * The tensor of a name.
   *
   * @throws Refusal if there is none, or more than one
   */
  StoredTensor get(String name) {
    List<StoredTensor> found = byPath.getOrDefault(name, byName.getOrDefault(name, List.of()));
    Refusal.require(
        !found.isEmpty(), "has no tensor '%s', which %s names; correct the mapping", name, mapping);
    Refusal.require(
        found.size() == 1,
        "has '%s', which %s names, in several dicts; put the dict's name and a dot before it",
        name,
        mapping);
    return found.getFirst();
  }

  /**
   * A matrix.
   *
   * @throws Refusal if it is none, or of other sizes
   */
  StoredTensor matrix(String name, long rows, long columns) {
    StoredTensor tensor = matrix(name);
    Refusal.require(
        tensor.shape()[0] == rows && tensor.shape()[1] == columns,
        "has %s, where %s needs [%d, %d] to fit the other gates; correct the mapping's"
            + " orientation",
        tensor,
        mapping,
        rows,
        columns);
    return tensor;
  }

  StoredTensor matrix(String name) {
    StoredTensor tensor = get(name);
    Refusal.require(
        tensor.shape().length == 2 && tensor.size() > 0,
        "has %s, where %s needs a matrix",
        tensor,
        mapping);
    return tensor;
  }

  /**
   * A bias; a row or a column will do.
   *
   * @throws Refusal if it has another number of elements
   */
  StoredTensor vector(String name, long size) {
    StoredTensor tensor = get(name);
    long[] shape = tensor.shape();
    boolean line = shape.length == 1 || (shape.length == 2 && (shape[0] == 1 || shape[1] == 1));
    Refusal.require(
        line && tensor.size() == size,
        "has %s, where %s needs a bias of %d elements",
        tensor,
        mapping,
        size);
    return tensor;
  }

  /** Refuses sizes that no layer can have. */
  int size(StoredTensor tensor, long size) {
    Refusal.require(
        0 < size && size <= Integer.MAX_VALUE,
        "has %s, from which no layer can be made as %s says; correct its orientation",
        tensor,
        mapping);
    return (int) size;
  }

  /** Refuses tensors of different types, which one parameter cannot hold. */
  void requireOneType(StoredTensor first, StoredTensor other) {
    Refusal.require(
        first.dtype() == other.dtype(),
        "has %s and %s, which %s stacks into one; save both in one type",
        first,
        other,
        mapping);
  }
}
