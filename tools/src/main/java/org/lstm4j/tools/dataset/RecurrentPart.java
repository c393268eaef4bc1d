// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;

/**
 * The recurrent part of a network that is to learn.
 *
 * @param cell what it is made of
 * @param hiddenSize its units
 * @param numLayers its layers, stacked on each other
 * @param bidirectional whether it reads the sequence from its end, too
 */
public record RecurrentPart(Cell cell, int hiddenSize, int numLayers, boolean bidirectional) {
  /** Kinds of recurrent parts, as PyTorch names them. */
  public enum Cell {
    /** {@code nn.LSTM}. */
    LSTM,
    /** {@code nn.GRU}. */
    GRU,
    /** {@code nn.RNN} with tanh. */
    RNN
  }

  /**
   * The layer, with biases.
   *
   * @param name its module path
   * @param inputSize features of a time step
   * @throws IllegalArgumentException if a size is less than 1
   */
  public Layer.Recurrent layer(String name, int inputSize) {
    return switch (cell) {
      case LSTM ->
          new Layer.Lstm(name, inputSize, hiddenSize, numLayers, true, bidirectional, 0, false);
      case GRU -> new Layer.Gru(name, inputSize, hiddenSize, numLayers, true, bidirectional, false);
      case RNN ->
          new Layer.Rnn(
              name,
              inputSize,
              hiddenSize,
              numLayers,
              true,
              bidirectional,
              false,
              new ActivationFunction.Tanh());
    };
  }
}
