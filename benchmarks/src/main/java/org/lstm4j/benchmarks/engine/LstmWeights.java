// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;

/**
 * The weights that every engine is given, in PyTorch's layout: from a fixed seed, distributed as
 * PyTorch initialises them.
 *
 * @param shape the sizes
 * @param cells one for each layer and direction: layer 0 forward, layer 0 backward, layer 1 ...
 */
public record LstmWeights(Shape shape, List<Cell> cells) {
  /**
   * One layer in one direction; gates in the order i, f, g, o.
   *
   * @param inputSize features of the layer's input
   * @param ih [4 * hidden size, input size]
   * @param hh [4 * hidden size, hidden size]
   * @param biasIh [4 * hidden size]
   * @param biasHh [4 * hidden size]
   */
  public record Cell(int inputSize, float[] ih, float[] hh, float[] biasIh, float[] biasHh) {}

  /**
   * Draws weights.
   *
   * @param shape the sizes
   * @return the same weights for the same shape, on every machine
   */
  public static LstmWeights random(Shape shape) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    // PyTorch draws from a uniform distribution over +-1 / sqrt(hidden size).
    float bound = (float) (1 / Math.sqrt(shape.hiddenSize()));
    int gates = 4 * shape.hiddenSize();
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < shape.layers() * shape.directions(); i++) {
      int inputSize = shape.inputSizeOf(i / shape.directions());
      cells.add(
          new Cell(
              inputSize,
              uniform(gates * inputSize, bound, random),
              uniform(gates * shape.hiddenSize(), bound, random),
              uniform(gates, bound, random),
              uniform(gates, bound, random)));
    }
    return new LstmWeights(shape, List.copyOf(cells));
  }

  /**
   * Input for a call, in (-1, 1).
   *
   * @param elements how many
   * @return the same values for the same number
   */
  public static float[] input(int elements) {
    return uniform(elements, 1, RandomGeneratorFactory.of("L64X128MixRandom").create(2));
  }

  private static float[] uniform(int elements, float bound, RandomGenerator random) {
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = random.nextFloat(-bound, bound);
    }
    return values;
  }

  /** {@return a network of these weights, to be closed by the caller} */
  public Network network() {
    Layer.Lstm lstm =
        new Layer.Lstm(
            "lstm",
            shape.inputSize(),
            shape.hiddenSize(),
            shape.layers(),
            true,
            shape.directions() == 2,
            0,
            false);
    Map<String, Tensor> tensors = new HashMap<>();
    for (int i = 0; i < cells.size(); i++) {
      put(tensors, lstm, i / shape.directions(), i % shape.directions(), cells.get(i));
    }
    return Network.builder().add(lstm).build(WeightSource.of(tensors));
  }

  private void put(
      Map<String, Tensor> tensors, Layer.Lstm lstm, int layer, int direction, Cell cell) {
    long gates = 4L * shape.hiddenSize();
    tensors.put(
        lstm.parameterName("weight_ih", layer, direction),
        Tensor.of(cell.ih, gates, cell.inputSize));
    tensors.put(
        lstm.parameterName("weight_hh", layer, direction),
        Tensor.of(cell.hh, gates, shape.hiddenSize()));
    tensors.put(lstm.parameterName("bias_ih", layer, direction), Tensor.of(cell.biasIh, gates));
    tensors.put(lstm.parameterName("bias_hh", layer, direction), Tensor.of(cell.biasHh, gates));
  }
}
