// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.List;
import org.lstm4j.engine.Network;

/**
 * An imported network and all that had to be assumed.
 *
 * @param network the network; the caller closes it
 * @param assumptions in the order in which data flows through the network
 */
public record Imported(Network network, List<Assumption> assumptions) {
  /** Copies the list. */
  public Imported {
    assumptions = List.copyOf(assumptions);
  }
}
