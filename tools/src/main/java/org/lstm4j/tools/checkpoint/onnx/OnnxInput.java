// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.onnx;

import java.util.List;
import java.util.Optional;

/**
 * One input of a graph.
 *
 * @param name of the tensor
 * @param shape the size of each axis, {@link #UNKNOWN} where it varies; empty where not even the
 *     number of axes is said
 */
public record OnnxInput(String name, Optional<List<Long>> shape) {
  /** A size that varies from run to run. */
  public static final long UNKNOWN = -1;

  /** Copies the shape. */
  public OnnxInput {
    shape = shape.map(List::copyOf);
  }
}
