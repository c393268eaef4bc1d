// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.GruForm;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.StackedRows;
import org.lstm4j.tools.checkpoint.TensorMemory;

/**
 * A layer of Keras as the file has it.
 *
 * @param name what its parameters are to be called
 * @param type such as {@code lstm}
 * @param activation empty for none
 * @param dimensions of its output; 3 with time steps
 * @param weights as Keras orders and lays them out: matrices are [input, output]
 */
record KerasLayer(
    String name, String type, String activation, int dimensions, List<StoredTensor> weights) {
  static final String KNOWN = "lstm, gru, dense, time-distributed-dense and activation";

  // Where PyTorch's gates lie among those of Keras: i, f, c, o and z, r, h.
  private static final List<Integer> LSTM_GATES = List.of(0, 1, 2, 3);
  private static final List<Integer> GRU_GATES = List.of(1, 0, 2);

  static boolean isKnown(String type) {
    return switch (type) {
      case "lstm", "gru", "dense", "time-distributed-dense", "activation" -> true;
      default -> false;
    };
  }

  /** What the parser has read of a layer. */
  static final class Builder {
    final String place;
    final List<StoredTensor> weights = new ArrayList<>();
    String name;
    String type = "";
    String activation = "";
    int dimensions = 3;

    Builder(String place) {
      this.place = place;
      this.name = place;
    }

    KerasLayer build() {
      return new KerasLayer(
          name, type, activation.toLowerCase(Locale.ROOT), dimensions, List.copyOf(weights));
    }
  }

  /**
   * Adds what the layer is in PyTorch's terms.
   *
   * @param layers those before it, and then it
   * @param tensors its parameters are added here, laid out as PyTorch has them
   */
  void addTo(List<Layer> layers, List<StoredTensor> tensors, TensorMemory memory) {
    switch (type) {
      case "lstm", "gru" -> {
        layers.add(type.equals("lstm") ? lstm(tensors, memory) : gru(tensors, memory));
        addReadLast(layers);
      }
      case "dense", "time-distributed-dense" -> {
        layers.add(linear(tensors, memory));
        addActivation(layers);
      }
      case "activation" -> addActivation(layers);
      default -> throw new Refusal("has a layer of the type '%s'", type);
    }
  }

  private Layer lstm(List<StoredTensor> tensors, TensorMemory memory) {
    int hidden = addGates(LSTM_GATES, tensors, memory);
    boolean bias = weights.size() == 3;
    if (bias) {
      requireShape(weights.get(2), 4L * hidden);
      tensors.add(stack("bias_ih_l0", 2, LSTM_GATES, 0, memory, hidden));
      tensors.add(noBias(LSTM_GATES, memory, hidden));
    }
    return new Layer.Lstm(name, rows(0), hidden, 1, bias, false, 0, false);
  }

  /** Biases of two rows are of the form that resets after the product; of one, before. */
  private Layer gru(List<StoredTensor> tensors, TensorMemory memory) {
    int hidden = addGates(GRU_GATES, tensors, memory);
    boolean bias = weights.size() == 3;
    boolean resetAfter = !bias || weights.get(2).shape().length == 2;
    if (bias && resetAfter) {
      requireShape(weights.get(2), 2, 3L * hidden);
      tensors.add(stack("bias_ih_l0", 2, GRU_GATES, 0, memory, hidden));
      tensors.add(stack("bias_hh_l0", 2, GRU_GATES, 1, memory, hidden));
    } else if (bias) {
      requireShape(weights.get(2), 3L * hidden);
      tensors.add(stack("bias_ih_l0", 2, GRU_GATES, 0, memory, hidden));
      tensors.add(noBias(GRU_GATES, memory, hidden));
    }
    GruForm form =
        new GruForm(resetAfter, new ActivationFunction.Sigmoid(), new ActivationFunction.Tanh(), 0);
    return new Layer.Gru(name, rows(0), hidden, 1, bias, false, false, form);
  }

  /** Adds the matrices of all gates and gives the hidden size. */
  private int addGates(List<Integer> gates, List<StoredTensor> tensors, TensorMemory memory) {
    Refusal.require(
        activation.isEmpty() || activation.equals("tanh"),
        "has the activation '%s' inside the recurrent layer %s; lstm4j reads tanh there",
        activation,
        name);
    requireWeights(2, 3);
    int hidden = rows(1);
    requireShape(weights.get(0), rows(0), (long) gates.size() * hidden);
    requireShape(weights.get(1), hidden, (long) gates.size() * hidden);
    tensors.add(stack("weight_ih_l0", 0, gates, 0, memory, hidden, rows(0)));
    tensors.add(stack("weight_hh_l0", 1, gates, 0, memory, hidden, hidden));
    return hidden;
  }

  /**
   * A parameter with the gates in PyTorch's order: of a matrix the columns become rows, of a bias
   * one row is taken.
   *
   * @param sizes of one gate
   */
  private StoredTensor stack(
      String parameter,
      int weight,
      List<Integer> gates,
      int row,
      TensorMemory memory,
      long... sizes) {
    long width = gates.size() * sizes[0];
    StackedRows stacked = room(parameter, gates, memory, sizes);
    for (int gate : gates) {
      stacked.add(weights.get(weight), row * width + gate * sizes[0], 1, width, sizes[0]);
    }
    return stacked.tensor();
  }

  /** Keras has one bias where PyTorch has two that are added. */
  private StoredTensor noBias(List<Integer> gates, TensorMemory memory, long hidden) {
    return room("bias_hh_l0", gates, memory, hidden).tensor();
  }

  private StackedRows room(
      String parameter, List<Integer> gates, TensorMemory memory, long... sizes) {
    long[] shape = sizes.clone();
    shape[0] *= gates.size();
    return new StackedRows("", name + "." + parameter, weights.getFirst().dtype(), memory, shape);
  }

  private Layer linear(List<StoredTensor> tensors, TensorMemory memory) {
    requireWeights(1, 2);
    boolean bias = weights.size() == 2;
    int in = rows(0);
    int out = size(weights.get(0), 1);
    tensors.add(stack("weight", 0, List.of(0), 0, memory, out, in));
    if (bias) {
      requireShape(weights.get(1), out);
      tensors.add(stack("bias", 1, List.of(0), 0, memory, out));
    }
    return new Layer.Linear(name, in, out, bias);
  }

  private void addReadLast(List<Layer> layers) {
    if (dimensions == 2) {
      layers.add(new Layer.ReadLast(layers.getLast().outputSize()));
    }
  }

  private void addActivation(List<Layer> layers) {
    if (activation.isEmpty() || activation.equals("linear")) {
      return;
    }
    Refusal.require(
        !layers.isEmpty(), "begins with the function '%s' before any weights", activation);
    layers.add(new Layer.Activation(function(), layers.getLast().outputSize()));
  }

  private ActivationFunction function() {
    return switch (activation) {
      case "tanh" -> new ActivationFunction.Tanh();
      case "relu" -> new ActivationFunction.Relu();
      case "sigmoid" -> new ActivationFunction.Sigmoid();
      case "softmax" -> new ActivationFunction.Softmax();
      case "elu" -> new ActivationFunction.Elu(1);
      default ->
          throw new Refusal(
              "has the activation '%s' in %s; lstm4j reads tanh, relu, sigmoid, softmax and elu"
                  + " here",
              activation, name);
    };
  }

  private void requireWeights(int without, int with) {
    Refusal.require(
        weights.size() == without || weights.size() == with,
        "has %d weights of %s (%s), where Keras has %d, or %d with a bias",
        weights.size(),
        name,
        type,
        without,
        with);
  }

  private int rows(int weight) {
    return size(weights.get(weight), 0);
  }

  private int size(StoredTensor tensor, int dimension) {
    long[] shape = tensor.shape();
    Refusal.require(
        shape.length == 2 && 0 < shape[dimension] && shape[dimension] <= Integer.MAX_VALUE,
        "has %s for the %s layer %s, which needs a matrix",
        tensor,
        type,
        name);
    return (int) shape[dimension];
  }

  private void requireShape(StoredTensor tensor, long... shape) {
    Refusal.require(
        Arrays.equals(tensor.shape(), shape),
        "has %s for the %s layer %s, where Keras has %s",
        tensor,
        type,
        name,
        Arrays.toString(shape));
  }
}
