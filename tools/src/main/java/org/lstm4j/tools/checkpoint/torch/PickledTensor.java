// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.Optional;

/**
 * A tensor as the pickle describes it, unchecked: its name, which a sentence on it needs, is known
 * only once the dict around it is.
 *
 * @param arguments of torch._utils._rebuild_tensor: storage, offset, shape, strides, and more that
 *     is of no use here
 * @param dtype Python's name of the elements' type, where it is not the storage's
 */
record PickledTensor(Object[] arguments, Optional<String> dtype) implements PickledData {
  private static final int DTYPE_OF_V3 = 6;

  PickledTensor(Object[] arguments) {
    this(arguments, Optional.empty());
  }

  /** torch._utils._rebuild_tensor_v3: the type of the elements follows. */
  static PickledTensor ofV3(Object[] arguments) {
    boolean typed =
        arguments.length > DTYPE_OF_V3 && arguments[DTYPE_OF_V3] instanceof PickleGlobal;
    return new PickledTensor(
        arguments,
        typed
            ? Optional.of(((PickleGlobal) arguments[DTYPE_OF_V3]).name())
            : Optional.of("an unknown type"));
  }
}
