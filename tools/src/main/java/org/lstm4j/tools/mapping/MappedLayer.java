// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;

/** A layer that a mapping file makes out of tensors of a checkpoint. */
public sealed interface MappedLayer permits MappedLstm, MappedLinear {
  /** What the layer is to be called; a module path. */
  String name();

  /** The tensors that it takes from the checkpoint, by their names there. */
  List<String> sources();

  /** The parameters of PyTorch's module, made of them. */
  List<StoredTensor> parameters(Sources sources, TensorMemory memory);

  /**
   * The tensors of a checkpoint with those that the layers take replaced by the layers' own, at the
   * place of the first.
   *
   * @param mapping the mapping file's name, for messages
   * @throws Refusal if a tensor is missing or does not fit
   */
  static List<StoredTensor> apply(
      List<MappedLayer> layers, List<StoredTensor> tensors, String mapping) {
    Sources sources = new Sources(tensors, mapping);
    TensorMemory memory =
        new TensorMemory(tensors.stream().mapToLong(tensor -> tensor.data().byteSize()).sum());
    List<StoredTensor> result = new ArrayList<>(tensors);
    for (MappedLayer layer : layers) {
      List<StoredTensor> parameters = layer.parameters(sources, memory);
      Set<StoredTensor> taken =
          layer.sources().stream().map(sources::get).collect(Collectors.toSet());
      int left = result.size();
      int place = 0;
      while (place < left && !taken.contains(result.get(place))) {
        place++;
      }
      result.removeAll(taken);
      Refusal.require(
          result.size() == left - taken.size(),
          "has tensors that %s gives to two layers, of which one is %s; correct the mapping",
          mapping,
          layer.name());
      result.addAll(place, parameters);
    }
    return result;
  }
}
