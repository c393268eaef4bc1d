// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * An LSTM straight from the equations in {@link Layer.Lstm}, over tensors in PyTorch's layout; the
 * independent oracle. It shares no code with the engine.
 *
 * <p>Every operation is done in double precision and then rounded by {@code precision}: not at all
 * for the oracle itself, to float for an estimate of what float arithmetic costs (a float operation
 * done in double and then rounded is that float operation).
 */
final class ReferenceLstm {
  private final Layer.Lstm lstm;
  private final Map<String, Tensor> weights;
  private final DoubleUnaryOperator precision;

  /** [layers * directions][batch][features]. */
  final double[][][] h;

  /** [layers * directions][batch][hidden size]. */
  final double[][][] c;

  ReferenceLstm(
      Layer.Lstm lstm, Map<String, Tensor> weights, int batch, DoubleUnaryOperator precision) {
    this.lstm = lstm;
    this.weights = weights;
    this.precision = precision;
    int blocks = lstm.numLayers() * lstm.numDirections();
    this.h = new double[blocks][batch][lstm.hiddenOutputSize()];
    this.c = new double[blocks][batch][lstm.hiddenSize()];
  }

  /** Takes and gives [time step][batch][feature]. */
  double[][][] run(double[][][] xs) {
    double[][][] ys = xs;
    for (int layer = 0; layer < lstm.numLayers(); layer++) {
      ys = runLayer(layer, ys);
    }
    return ys;
  }

  private double[][][] runLayer(int layer, double[][][] xs) {
    int features = lstm.hiddenOutputSize();
    double[][][] ys = new double[xs.length][xs[0].length][lstm.outputSize()];
    for (int direction = 0; direction < lstm.numDirections(); direction++) {
      int block = layer * lstm.numDirections() + direction;
      for (int i = 0; i < xs.length; i++) {
        int t = direction == 0 ? i : xs.length - 1 - i;
        for (int b = 0; b < xs[t].length; b++) {
          step(layer, direction, xs[t][b], b);
          System.arraycopy(h[block][b], 0, ys[t][b], direction * features, features);
        }
      }
    }
    return ys;
  }

  private void step(int layer, int direction, double[] x, int b) {
    int block = layer * lstm.numDirections() + direction;
    int hiddenSize = lstm.hiddenSize();
    double[] gates = preActivations(layer, direction, x, h[block][b]);
    double[] hidden = new double[hiddenSize];
    for (int unit = 0; unit < hiddenSize; unit++) {
      double i = sigmoid(gates[unit]);
      double f = sigmoid(gates[hiddenSize + unit]);
      double g = round(Math.tanh(gates[2 * hiddenSize + unit]));
      double o = sigmoid(gates[3 * hiddenSize + unit]);
      double cell = round(round(f * c[block][b][unit]) + round(i * g));
      c[block][b][unit] = cell;
      hidden[unit] = round(o * round(Math.tanh(cell)));
    }
    h[block][b] =
        lstm.projSize() == 0
            ? hidden
            : product(lstm.parameterName("weight_hr", layer, direction), hidden);
  }

  /** (W_ih x + b_ih) + (W_hh h + b_hh). */
  private double[] preActivations(int layer, int direction, double[] x, double[] hidden) {
    double[] fromInput = product(lstm.parameterName("weight_ih", layer, direction), x);
    double[] fromHidden = product(lstm.parameterName("weight_hh", layer, direction), hidden);
    if (lstm.bias()) {
      add(fromInput, weights.get(lstm.parameterName("bias_ih", layer, direction)));
      add(fromHidden, weights.get(lstm.parameterName("bias_hh", layer, direction)));
    }
    for (int row = 0; row < fromInput.length; row++) {
      fromInput[row] = round(fromInput[row] + fromHidden[row]);
    }
    return fromInput;
  }

  private double[] product(String matrix, double[] x) {
    return product(weights.get(matrix), x, precision);
  }

  private void add(double[] row, Tensor bias) {
    for (int i = 0; i < row.length; i++) {
      row[i] = round(row[i] + bias.get(i));
    }
  }

  /** W x, added up from the last column to the first: not the engine's order. */
  static double[] product(Tensor matrix, double[] x, DoubleUnaryOperator precision) {
    double[] y = new double[(int) matrix.shape()[0]];
    for (int row = 0; row < y.length; row++) {
      double sum = 0;
      for (int k = x.length - 1; k >= 0; k--) {
        double term = precision.applyAsDouble(matrix.get((long) row * x.length + k) * x[k]);
        sum = precision.applyAsDouble(sum + term);
      }
      y[row] = sum;
    }
    return y;
  }

  private double sigmoid(double x) {
    return round(1 / round(1 + round(Math.exp(-x))));
  }

  private double round(double x) {
    return precision.applyAsDouble(x);
  }
}
