// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a checkpoint file holds: its tensors, wherever they lay in nested dicts, in the file's
 * order. Immutable; independent of the file once read.
 *
 * @param file where it was read from
 * @param container the file's format
 * @param tensors all tensors but those of an optimizer; a weight that was stored in parts (weight
 *     norm, spectral norm, pruning) as the weight itself
 * @param modules modules that were saved as objects, in the file's order; of each, {@code tensors}
 *     has the state dict under the names that {@code state_dict()} would give. Empty where state
 *     dicts alone were saved
 * @param architecture what the file itself says of the network; empty where it has to be inferred
 *     from the tensors
 * @param notes what the file holds besides tensors and plain values and was therefore left aside,
 *     each one sentence
 */
public record Checkpoint(
    Path file,
    ContainerKind container,
    List<StoredTensor> tensors,
    List<SavedModule> modules,
    Optional<DeclaredArchitecture> architecture,
    List<String> notes) {
  /** Copies the lists. */
  public Checkpoint {
    tensors = List.copyOf(tensors);
    modules = List.copyOf(modules);
    Objects.requireNonNull(architecture, "architecture");
    notes = List.copyOf(notes);
  }

  /** A checkpoint that does not say what its network is. */
  public Checkpoint(
      Path file,
      ContainerKind container,
      List<StoredTensor> tensors,
      List<SavedModule> modules,
      List<String> notes) {
    this(file, container, tensors, modules, Optional.empty(), notes);
  }

  /** Whether the tensors come in the order in which the network's modules were registered. */
  public boolean keepsModuleOrder() {
    return container.keepsModuleOrder();
  }
}
