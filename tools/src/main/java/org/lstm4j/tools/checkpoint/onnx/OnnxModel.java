// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.onnx;

import java.util.List;
import java.util.Map;
import org.lstm4j.tools.StoredTensor;

/**
 * The graph of an ONNX model. Immutable.
 *
 * @param opset the version of ONNX's own operators
 * @param nodes in an order in which each comes after those whose outputs it takes
 * @param inputs what the graph is given, the constants not among them
 * @param outputs the names of what it gives
 * @param constants the graph's initializers, by name
 */
public record OnnxModel(
    long opset,
    List<OnnxNode> nodes,
    List<OnnxInput> inputs,
    List<String> outputs,
    Map<String, StoredTensor> constants) {
  /** Copies the collections. */
  public OnnxModel {
    nodes = List.copyOf(nodes);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    constants = Map.copyOf(constants);
  }
}
