// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.GruForm;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.LstmForm;

/**
 * What recurrent layers must have in common to be one layer of a network.
 *
 * @param cell what it computes at each time step
 * @param hiddenSize of each direction
 * @param bias whether there are biases
 * @param bidirectional whether a second direction reads the sequence from its end
 */
record RecurrentKind(Cell cell, int hiddenSize, boolean bias, boolean bidirectional) {
  /** What is computed at each time step. */
  sealed interface Cell {}

  /** An LSTM's. */
  record Lstm(LstmForm form) implements Cell {}

  /** A GRU's. */
  record Gru(GruForm form) implements Cell {}

  /** That of a plain RNN. */
  record Rnn(ActivationFunction nonlinearity) implements Cell {}

  int directions() {
    return bidirectional ? 2 : 1;
  }

  int outputSize() {
    return Math.multiplyExact(directions(), hiddenSize);
  }

  /** Where each of PyTorch's gates is among ONNX's. */
  int[] gateOrder() {
    return switch (cell) {
      // i, f, g, o among i, o, f, c
      case Lstm _ -> new int[] {0, 2, 3, 1};
      // r, z, n among z, r, h
      case Gru _ -> new int[] {1, 0, 2};
      case Rnn _ -> new int[] {0};
    };
  }

  /** What a layer is called where the file does not say. */
  String defaultName() {
    return switch (cell) {
      case Lstm _ -> "lstm";
      case Gru _ -> "gru";
      case Rnn _ -> "rnn";
    };
  }

  /** The layer of a network. */
  Layer.Recurrent layer(String name, int inputSize, int numLayers) {
    return switch (cell) {
      case Lstm(LstmForm form) ->
          new Layer.Lstm(
              name, inputSize, hiddenSize, numLayers, bias, bidirectional, 0, false, form);
      case Gru(GruForm form) ->
          new Layer.Gru(name, inputSize, hiddenSize, numLayers, bias, bidirectional, false, form);
      case Rnn(ActivationFunction nonlinearity) ->
          new Layer.Rnn(
              name, inputSize, hiddenSize, numLayers, bias, bidirectional, false, nonlinearity);
    };
  }
}
