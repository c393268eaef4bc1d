// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A module (torch.nn.Module) that was saved as an object, rather than by its state dict alone: with
 * its class, its attributes, and the modules in it. Immutable; may be used from any thread.
 *
 * @param dict where in the checkpoint's nested dicts the outermost module lay, as {@link
 *     StoredTensor#dict()} of its tensors; empty if it is the whole file
 * @param path the names that lead from the outermost module to this one, joined by dots, as {@code
 *     named_modules()} has them; empty for the outermost
 * @param type the name of its class, for example {@code torch.nn.modules.rnn.LSTM}; what
 *     TorchScript adds to it is left out
 * @param attributes those of its attributes that are plain values, by name, in the file's order:
 *     Long, Double, Boolean, String, {@code null}, and for a tuple, list or set a List of these
 * @param children the modules registered in it, in their order
 */
public record SavedModule(
    String dict,
    String path,
    String type,
    Map<String, Object> attributes,
    List<SavedModule> children) {
  /** Copies the collections. */
  public SavedModule {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    children = List.copyOf(children);
  }

  /** This module and all modules in it, each before its children. */
  public Stream<SavedModule> all() {
    return Stream.concat(Stream.of(this), children.stream().flatMap(SavedModule::all));
  }

  /**
   * The module of a path.
   *
   * @param wanted as {@link #path()} of it, from the outermost module
   */
  public Optional<SavedModule> find(String wanted) {
    return all().filter(module -> module.path().equals(wanted)).findFirst();
  }
}
