// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.safetensors;

import java.util.List;
import java.util.Optional;

/**
 * What the JSON header says.
 *
 * @param entries the tensors in the header's order
 * @param architecture what {@code lstm4j_export.py} says of the network, as JSON
 */
record Header(List<TensorEntry> entries, Optional<String> architecture) {
  Header {
    entries = List.copyOf(entries);
  }
}
