// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.onnx.OnnxNode;

/** What the file says of the names of a network's modules. */
final class Names {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

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
    String module = without(WEIGHT, weight.name());
    return module.isEmpty() ? of(node) : module;
  }

  /** The module of a bias, if that has kept PyTorch's name. */
  static String ofBias(StoredTensor bias) {
    return without(BIAS, bias.name());
  }

  private static String without(String end, String name) {
    return name.endsWith(end) ? name.substring(0, name.length() - end.length()) : "";
  }
}
