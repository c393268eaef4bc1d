// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * A recurrent layer straight from the equations in {@link Layer.Lstm}, {@link LstmForm}, {@link
 * Layer.Gru}, {@link GruForm} and {@link Layer.Rnn}, over tensors in PyTorch's layout; the
 * independent oracle. It shares no code with the engine.
 *
 * <p>Every operation is done in double precision and then rounded by {@code precision}: not at all
 * for the oracle itself, to float for an estimate of what float arithmetic costs (a float operation
 * done in double and then rounded is that float operation).
 */
final class ReferenceRecurrent {
  private final Layer.Recurrent recurrent;
  private final Map<String, Tensor> weights;
  private final DoubleUnaryOperator precision;

  /** [layers * directions][batch][features]. */
  final double[][][] h;

  /** [layers * directions][batch][hidden size]; only an LSTM changes it. */
  final double[][][] c;

  ReferenceRecurrent(
      Layer.Recurrent recurrent,
      Map<String, Tensor> weights,
      int batch,
      DoubleUnaryOperator precision) {
    this.recurrent = recurrent;
    this.weights = weights;
    this.precision = precision;
    int blocks = recurrent.numLayers() * recurrent.numDirections();
    this.h = new double[blocks][batch][recurrent.hiddenOutputSize()];
    this.c = new double[blocks][batch][recurrent.hiddenSize()];
  }

  /** Takes and gives [time step][batch][feature]. */
  double[][][] run(double[][][] xs) {
    double[][][] ys = xs;
    for (int layer = 0; layer < recurrent.numLayers(); layer++) {
      ys = runLayer(layer, ys);
    }
    return ys;
  }

  private double[][][] runLayer(int layer, double[][][] xs) {
    int features = recurrent.hiddenOutputSize();
    double[][][] ys = new double[xs.length][xs[0].length][recurrent.outputSize()];
    for (int direction = 0; direction < recurrent.numDirections(); direction++) {
      int block = layer * recurrent.numDirections() + direction;
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
    int block = layer * recurrent.numDirections() + direction;
    double[] before = h[block][b];
    double[] fromInput = product(layer, direction, "ih", x);
    h[block][b] =
        switch (recurrent) {
          case Layer.Lstm lstm -> lstm(lstm, layer, direction, fromInput, before, c[block][b]);
          case Layer.Gru gru -> gru(gru, layer, direction, fromInput, before);
          case Layer.Rnn rnn ->
              apply(rnn.nonlinearity(), sum(fromInput, product(layer, direction, "hh", before)));
        };
  }

  /** Replaces c. */
  private double[] lstm(
      Layer.Lstm lstm,
      int layer,
      int direction,
      double[] fromInput,
      double[] before,
      double[] cell) {
    LstmForm form = lstm.form();
    double[] p = sum(fromInput, product(layer, direction, "hh", before));
    int size = lstm.hiddenSize();
    int peephole = 0;
    int gate = 0;
    double[] i = see(lstm, layer, direction, part(p, gate++, size), cell, peephole++);
    i = apply(form.gate(), clip(i, form.clip()));
    double[] f = new double[size];
    Arrays.fill(f, 1);
    if (form.forgetGate()) {
      f = see(lstm, layer, direction, part(p, gate++, size), cell, peephole++);
      f = apply(form.gate(), clip(f, form.clip()));
    }
    double[] g = apply(form.candidate(), clip(part(p, gate++, size), form.clip()));
    for (int unit = 0; unit < size; unit++) {
      cell[unit] = round(round(f[unit] * cell[unit]) + round(i[unit] * g[unit]));
    }
    double[] o = see(lstm, layer, direction, part(p, gate, size), cell, peephole);
    double[] hidden = times(apply(form.gate(), clip(o, form.clip())), apply(form.output(), cell));
    return lstm.projSize() == 0
        ? hidden
        : product(
            weights.get(lstm.parameterName("weight_hr", layer, direction)), hidden, precision);
  }

  /** Adds what a gate sees of the cell state. */
  private double[] see(
      Layer.Lstm lstm, int layer, int direction, double[] p, double[] cell, int index) {
    if (!lstm.form().peepholes()) {
      return p;
    }
    Tensor peepholes = weights.get(lstm.parameterName("weight_peephole", layer, direction));
    double[] seen = new double[p.length];
    for (int unit = 0; unit < p.length; unit++) {
      seen[unit] = round(peepholes.get((long) index * p.length + unit) * cell[unit]);
    }
    return sum(p, seen);
  }

  private double[] gru(
      Layer.Gru gru, int layer, int direction, double[] fromInput, double[] before) {
    GruForm form = gru.form();
    int size = gru.hiddenSize();
    double[] fromHidden = product(layer, direction, "hh", before);
    double[] p = sum(fromInput, fromHidden);
    double[] r = apply(form.gate(), clip(part(p, 0, size), form.clip()));
    double[] z = apply(form.gate(), clip(part(p, 1, size), form.clip()));
    double[] recurrentPart =
        form.resetAfter()
            ? times(r, part(fromHidden, 2, size))
            : part(product(layer, direction, "hh", times(r, before)), 2, size);
    double[] n =
        apply(form.candidate(), clip(sum(part(fromInput, 2, size), recurrentPart), form.clip()));
    double[] next = new double[size];
    for (int unit = 0; unit < size; unit++) {
      next[unit] = round(round(round(1 - z[unit]) * n[unit]) + round(z[unit] * before[unit]));
    }
    return next;
  }

  /** W x + b of one side. */
  private double[] product(int layer, int direction, String side, double[] x) {
    String weight = recurrent.parameterName("weight_" + side, layer, direction);
    double[] y = product(weights.get(weight), x, precision);
    if (recurrent.bias()) {
      Tensor bias = weights.get(recurrent.parameterName("bias_" + side, layer, direction));
      for (int i = 0; i < y.length; i++) {
        y[i] = round(y[i] + bias.get(i));
      }
    }
    return y;
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

  private static double[] part(double[] gates, int gate, int size) {
    return Arrays.copyOfRange(gates, gate * size, (gate + 1) * size);
  }

  private double[] sum(double[] a, double[] b) {
    double[] sum = new double[a.length];
    Arrays.setAll(sum, i -> round(a[i] + b[i]));
    return sum;
  }

  private double[] times(double[] a, double[] b) {
    double[] product = new double[a.length];
    Arrays.setAll(product, i -> round(a[i] * b[i]));
    return product;
  }

  private static double[] clip(double[] p, float limit) {
    return limit == 0
        ? p
        : Arrays.stream(p).map(value -> Math.clamp(value, -limit, limit)).toArray();
  }

  private double[] apply(ActivationFunction function, double[] p) {
    return ReferenceActivation.apply(function, p, precision);
  }

  private double round(double x) {
    return precision.applyAsDouble(x);
  }
}
