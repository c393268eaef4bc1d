// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.Optional;
import java.util.function.Function;
import org.lstm4j.tools.DType;

/** What a name in a pickle ({@code module.name}) stands for here. Inert, whatever the name. */
sealed interface PickleGlobal {
  /** The name in the pickle. */
  String name();

  /**
   * A type of storage; only a tag.
   *
   * @param dtype of its elements; empty for types that cannot be read
   * @param elementBytes the size of an element
   */
  record StorageType(String name, Optional<DType> dtype, int elementBytes)
      implements PickleGlobal {}

  /**
   * A function or class that a checkpoint may use, replaced by one of our own.
   *
   * @param body makes an object out of the arguments
   */
  record Known(String name, Function<Object[], Object> body) implements PickleGlobal {}

  /** Anything else: an object of it, or what it would have returned, is a placeholder. */
  record Unknown(String name) implements PickleGlobal {}
}
