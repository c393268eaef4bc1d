// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Network;

/**
 * An imported network and all that had to be assumed.
 *
 * @param network the network; the caller closes it
 * @param sources the tensor of the file that each parameter of the network was read from, by the
 *     parameter's name; a learned initial state is {@code h0} and {@code c0} behind its layer's
 *     name
 * @param assumptions in the order in which data flows through the network
 */
public record Imported(
    Network network, Map<String, StoredTensor> sources, List<Assumption> assumptions) {
  /** Copies the collections. */
  public Imported {
    sources = Map.copyOf(sources);
    assumptions = List.copyOf(assumptions);
  }
}
