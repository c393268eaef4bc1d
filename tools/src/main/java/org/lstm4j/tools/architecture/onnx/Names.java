// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.onnx.OnnxNode;

/** What the file says of the names of a network's modules. */
final class Names {
  private static final String WEIGHT = ".weight";

  private Names() {}

  /**
   * The module of a node: PyTorch since 1.13 names nodes {@code /module/path/Operator}. Empty if
   * the file does not say.
   */
  static String of(OnnxNode node) {
    String name = node.name();
    int end = name.lastIndexOf('/');
    return name.startsWith("/") && end > 0 ? name.substring(1, end).replace('/', '.') : "";
  }

  /** The module of a node, by the name of its weight if that has kept PyTorch's. */
  static String of(OnnxNode node, StoredTensor weight) {
    String name = weight.name();
    return name.endsWith(WEIGHT) && name.length() > WEIGHT.length()
        ? name.substring(0, name.length() - WEIGHT.length())
        : of(node);
  }
}
