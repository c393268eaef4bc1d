// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    List<String> path = Arrays.asList(node.name().split("/", -1));
    if (path.size() < 3 || !path.getFirst().isEmpty()) {
      return "";
    }
    List<String> module = new ArrayList<>();
    for (int i = 1; i < path.size() - 1; i++) {
      // Below a container PyTorch repeats its name: /encoder/encoder.0/Gemm.
      if (!path.get(i + 1).startsWith(path.get(i) + ".")) {
        module.add(path.get(i));
      }
    }
    return String.join(".", module);
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
