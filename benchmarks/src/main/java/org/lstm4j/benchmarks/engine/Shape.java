// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sizes of an LSTM.
 *
 * @param inputSize features per time step
 * @param hiddenSize size of the cell state and of each direction's output
 * @param layers layers stacked on each other
 * @param directions 2 where it reads the sequence from both ends
 * @param headSize features of a linear layer after it; 0 where there is none
 */
public record Shape(int inputSize, int hiddenSize, int layers, int directions, int headSize) {
  private static final Pattern LABEL =
      Pattern.compile("(\\d{1,6})x(\\d{1,6})(?:x(\\d))?(?:\\+(\\d{1,6}))?( bidirectional)?");

  /** Checks the sizes. */
  public Shape {
    if (inputSize < 1 || hiddenSize < 1 || layers < 1 || directions < 1 || directions > 2) {
      throw new IllegalArgumentException("sizes must be positive, directions 1 or 2");
    }
    if (headSize < 0) {
      throw new IllegalArgumentException("the size of a head must not be negative");
    }
  }

  /** An LSTM without a head. */
  public Shape(int inputSize, int hiddenSize, int layers, int directions) {
    this(inputSize, hiddenSize, layers, directions, 0);
  }

  /**
   * One layer, one direction.
   *
   * @param inputSize features per time step
   * @param hiddenSize size of the cell state and of the output
   * @return the shape
   */
  public static Shape of(int inputSize, int hiddenSize) {
    return new Shape(inputSize, hiddenSize, 1, 1);
  }

  /**
   * The shape of a label, the opposite of {@link #label}.
   *
   * @param label for example {@code 128x256} or, with a head, {@code 28x256+28}
   * @return the shape
   * @throws IllegalArgumentException if it is no label of a shape
   */
  public static Shape parse(String label) {
    Matcher matcher = LABEL.matcher(label);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + label + "' is no shape such as 128x256");
    }
    return new Shape(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3)),
        matcher.group(5) == null ? 1 : 2,
        matcher.group(4) == null ? 0 : headSize(matcher.group(4)));
  }

  private static int headSize(String digits) {
    int size = Integer.parseInt(digits);
    if (size == 0) {
      throw new IllegalArgumentException("a head has at least one feature: leave '+0' out");
    }
    return size;
  }

  /**
   * {@return input size and hidden size, and what is there beside: {@code 256x256x2 bidirectional},
   * {@code 28x256+28}}
   */
  public String label() {
    return inputSize
        + "x"
        + hiddenSize
        + (layers > 1 ? "x" + layers : "")
        + (headSize > 0 ? "+" + headSize : "")
        + (directions > 1 ? " bidirectional" : "");
  }

  /** {@return features of the output per time step, the head's where there is one} */
  public int outputSize() {
    return headSize > 0 ? headSize : lstmOutputSize();
  }

  /** {@return features that the LSTM gives per time step} */
  public int lstmOutputSize() {
    return hiddenSize * directions;
  }

  /**
   * Features that a layer takes.
   *
   * @param layer from 0
   * @return its input size
   */
  public int inputSizeOf(int layer) {
    return layer == 0 ? inputSize : lstmOutputSize();
  }

  /** {@return weights that multiply the input, biases not counted} */
  public long inputWeights() {
    long weights = 0;
    for (int layer = 0; layer < layers; layer++) {
      weights += 4L * hiddenSize * inputSizeOf(layer) * directions;
    }
    return weights;
  }

  /** {@return weights that multiply h, biases not counted} */
  public long recurrentWeights() {
    return 4L * hiddenSize * hiddenSize * layers * directions;
  }

  /** {@return weights of the head, biases not counted} */
  public long headWeights() {
    return (long) headSize * lstmOutputSize();
  }
}
