// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.GruForm;
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
 * @param head the linear layer after them, where there is one
 */
public record LstmWeights(Shape shape, List<Cell> cells, Optional<Head> head) {
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
   * A linear layer.
   *
   * @param weight [head size, hidden size]
   * @param bias [head size]
   */
  public record Head(float[] weight, float[] bias) {}

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
    Optional<Head> head = Optional.empty();
    if (shape.headSize() > 0) {
      head =
          Optional.of(
              new Head(
                  uniform(Math.toIntExact(shape.headWeights()), bound, random),
                  uniform(shape.headSize(), bound, random)));
    }
    return new LstmWeights(shape, List.copyOf(cells), head);
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

  /**
   * The gradient of a loss with respect to the output of a call, in (-1, 1).
   *
   * @param elements how many
   * @return the same values for the same number
   */
  public static float[] outputGradient(int elements) {
    return uniform(elements, 1, RandomGeneratorFactory.of("L64X128MixRandom").create(3));
  }

  private static float[] uniform(int elements, float bound, RandomGenerator random) {
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = random.nextFloat(-bound, bound);
    }
    return values;
  }

  /**
   * A network of these weights.
   *
   * @param kind which cell it has; one with fewer gates takes the first ones
   * @return the network, to be closed by the caller
   */
  public Network network(CellKind kind) {
    return network(kind, Network.builder());
  }

  /**
   * A network of these weights that reads tokens as one-hot vectors.
   *
   * @param kind which cell it has; one with fewer gates takes the first ones
   * @return the network, to be closed by the caller
   */
  Network tokenNetwork(CellKind kind) {
    return network(kind, Network.builder().add(new Layer.OneHot(shape.inputSize())));
  }

  private Network network(CellKind kind, Network.Builder builder) {
    Layer.Recurrent layer = layer(kind);
    Map<String, Tensor> tensors = new HashMap<>();
    for (int i = 0; i < cells.size(); i++) {
      put(tensors, kind, layer, i / shape.directions(), i % shape.directions(), cells.get(i));
    }
    builder.add(layer);
    head.ifPresent(values -> builder.add(add(tensors, values)));
    return builder.build(WeightSource.of(tensors));
  }

  private Layer.Linear add(Map<String, Tensor> tensors, Head values) {
    int inputs = shape.lstmOutputSize();
    int outputs = shape.headSize();
    tensors.put("head.weight", Tensor.of(values.weight, outputs, inputs));
    tensors.put("head.bias", Tensor.of(values.bias, outputs));
    return new Layer.Linear("head", inputs, outputs, true);
  }

  private Layer.Recurrent layer(CellKind kind) {
    int inputs = shape.inputSize();
    int units = shape.hiddenSize();
    int layers = shape.layers();
    boolean both = shape.directions() == 2;
    return switch (kind) {
      case LSTM -> new Layer.Lstm("lstm", inputs, units, layers, true, both, 0, false);
      case GRU ->
          new Layer.Gru("gru", inputs, units, layers, true, both, false, GruForm.standard());
      case RNN ->
          new Layer.Rnn(
              "rnn", inputs, units, layers, true, both, false, new ActivationFunction.Tanh());
    };
  }

  private void put(
      Map<String, Tensor> tensors,
      CellKind kind,
      Layer.Recurrent into,
      int layer,
      int direction,
      Cell cell) {
    int rows = kind.gates() * shape.hiddenSize();
    tensors.put(
        into.parameterName("weight_ih", layer, direction),
        Tensor.of(first(cell.ih, rows * cell.inputSize), rows, cell.inputSize));
    tensors.put(
        into.parameterName("weight_hh", layer, direction),
        Tensor.of(first(cell.hh, rows * shape.hiddenSize()), rows, shape.hiddenSize()));
    tensors.put(
        into.parameterName("bias_ih", layer, direction), Tensor.of(first(cell.biasIh, rows), rows));
    tensors.put(
        into.parameterName("bias_hh", layer, direction), Tensor.of(first(cell.biasHh, rows), rows));
  }

  private static float[] first(float[] values, int elements) {
    return Arrays.copyOf(values, elements);
  }
}
