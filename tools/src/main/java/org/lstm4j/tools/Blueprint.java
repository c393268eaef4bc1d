// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.State;

/**
 * A network to be built. Immutable.
 *
 * @param layers in the order in which data flows
 * @param weights the tensor of each parameter of the layers; it may have another shape of as many
 *     elements in the same order. Where an initial state is made of tensors, these are here too, as
 *     {@code h0} and {@code c0} behind the layer's name
 * @param batchFirst see {@link org.lstm4j.engine.Network#batchFirst()}
 * @param initialState see {@link org.lstm4j.engine.Network#initialState()}; of one batch row, and
 *     not to be changed
 * @param assumptions what the file could not say
 */
public record Blueprint(
    List<Layer> layers,
    Map<String, StoredTensor> weights,
    boolean batchFirst,
    Optional<State> initialState,
    List<Assumption> assumptions) {
  /** Copies the collections. */
  public Blueprint {
    layers = List.copyOf(layers);
    weights = Map.copyOf(weights);
    assumptions = List.copyOf(assumptions);
  }
}
