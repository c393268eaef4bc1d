// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * Where a network's weights come from while it is built: a model file, a checkpoint, or tensors in
 * memory.
 *
 * <p>{@link Network.Builder#build} reads every parameter of the network exactly once, from its
 * first element to its last, and packs it on the way; so a source can verify a checksum in the same
 * pass. Nothing is read after {@code build} returns.
 */
public interface WeightSource {
  /**
   * The shape of the named tensor, or {@code null} where there is none.
   *
   * @param name the full name of a parameter
   * @return the size of each dimension, or {@code null}
   */
  List<Long> shape(String name);

  /**
   * Hands the named tensor's elements to {@code sink} in row-major order, in one or more
   * consecutive pieces of whole floats in native byte order. A piece is not used after {@code
   * accept} returns.
   *
   * @param name the full name of a parameter, one that has a shape
   * @param sink takes the elements
   * @throws RuntimeException if the source cannot deliver them; it passes through {@link
   *     Network.Builder#build} unchanged
   */
  void read(String name, Sink sink);

  /** Takes a tensor's elements piece by piece. */
  interface Sink {
    /**
     * The next piece: whole floats in native byte order.
     *
     * @param piece the elements
     */
    void accept(MemorySegment piece);
  }

  /**
   * A source over tensors in memory; the map is read while building, and not kept.
   *
   * @param tensors the tensors by name
   * @return the source
   */
  static WeightSource of(Map<String, Tensor> tensors) {
    return new WeightSource() {
      @Override
      public List<Long> shape(String name) {
        Tensor tensor = tensors.get(name);
        return tensor == null ? null : java.util.Arrays.stream(tensor.shape()).boxed().toList();
      }

      @Override
      public void read(String name, Sink sink) {
        sink.accept(tensors.get(name).data());
      }
    };
  }
}
