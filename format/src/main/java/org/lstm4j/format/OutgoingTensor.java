// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.util.function.Supplier;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.Tensor;

/**
 * A tensor on its way to a file.
 *
 * @param description its name and shape
 * @param values fetches it, once
 */
record OutgoingTensor(Parameter description, Supplier<Tensor> values) {
  static OutgoingTensor of(StateTensor tensor) {
    return new OutgoingTensor(tensor.description(), tensor::tensor);
  }
}
