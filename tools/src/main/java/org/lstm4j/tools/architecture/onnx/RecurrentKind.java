// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.Locale;
import org.lstm4j.engine.Layer;

/**
 * What recurrent layers must have in common to be one layer of a network.
 *
 * @param operator LSTM, GRU or RNN
 * @param hiddenSize of each direction
 * @param bias whether there are biases
 * @param bidirectional whether a second direction reads the sequence from its end
 */
record RecurrentKind(String operator, int hiddenSize, boolean bias, boolean bidirectional) {
  int directions() {
    return bidirectional ? 2 : 1;
  }

  int outputSize() {
    return Math.multiplyExact(directions(), hiddenSize);
  }

  /** What a layer is called where the file does not say. */
  String defaultName() {
    return operator.toLowerCase(Locale.ROOT);
  }

  /** The layer of a network. */
  Layer.Lstm layer(String name, int inputSize, int numLayers) {
    return new Layer.Lstm(
        name, inputSize, hiddenSize, numLayers, bias, bidirectional, 0, false);
  }
}
