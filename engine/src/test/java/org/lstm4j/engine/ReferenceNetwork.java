// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

/**
 * A whole network straight from its layers' descriptions, over tensors in PyTorch's layout: {@link
 * ReferenceRecurrent} and what stands around it. The precision is explained there.
 */
final class ReferenceNetwork {
  private final Network network;
  private final Map<String, Tensor> weights;
  private final DoubleUnaryOperator precision;
  private final Map<String, ReferenceRecurrent> recurrents = new LinkedHashMap<>();

  ReferenceNetwork(
      Network network, Map<String, Tensor> weights, int batch, DoubleUnaryOperator precision) {
    this.network = network;
    this.weights = weights;
    this.precision = precision;
    for (Layer layer : network.layers()) {
      addRecurrents(layer, batch);
    }
    network.initialState().ifPresent(this::start);
  }

  private void addRecurrents(Layer layer, int batch) {
    if (layer instanceof Layer.Recurrent recurrent) {
      recurrents.put(
          recurrent.name(), new ReferenceRecurrent(recurrent, weights, batch, precision));
    } else if (layer instanceof Layer.Residual residual) {
      residual.layers().forEach(inner -> addRecurrents(inner, batch));
    }
  }

  /** Sets every batch row to a state of one. */
  private void start(State row) {
    recurrents.forEach((name, recurrent) -> {
      repeat(row.h(name), recurrent.h);
      if (row.hasCellState(name)) {
        repeat(row.c(name), recurrent.c);
      }
    });
  }

  /** Sets the state of all batch rows. */
  void state(State state) {
    recurrents.forEach((name, recurrent) -> {
      fill(recurrent.h, state.h(name));
      if (state.hasCellState(name)) {
        fill(recurrent.c, state.c(name));
      }
    });
  }

  private static void fill(double[][][] blocks, float[] values) {
    int at = 0;
    for (double[][] rows : blocks) {
      for (double[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          row[i] = values[at++];
        }
      }
    }
  }

  private static void repeat(float[] row, double[][][] rows) {
    int at = 0;
    for (double[][] block : rows) {
      for (int i = 0; i < block[0].length; i++) {
        for (double[] batchRow : block) {
          batchRow[i] = row[at];
        }
        at++;
      }
    }
  }

  /** The hidden state of a recurrent layer, flat, in PyTorch's layout. */
  double[] h(String layer) {
    return flat(recurrents.get(layer).h);
  }

  /** The cell state of a recurrent layer, flat, in PyTorch's layout. */
  double[] c(String layer) {
    return flat(recurrents.get(layer).c);
  }

  /** The output, flat, as {@link Session#run} gives it. */
  double[] run(Sequence sequence) {
    double[][][] given = nested(sequence);
    OneToMany oneToMany = network.oneToMany().orElse(null);
    if (oneToMany == null) {
      return flat(forward(network.layers(), given));
    }
    double[][][] ys = new double[sequence.steps()][][];
    double[][] x = given[0];
    for (int t = 0; t < ys.length; t++) {
      ys[t] = forward(network.layers(), new double[][][] {x})[0];
      x =
          switch (oneToMany.mode()) {
            case REPEAT -> x;
            case ZEROS -> new double[x.length][x[0].length];
            case FEEDBACK -> ys[t];
          };
    }
    return flat(ys);
  }

  private double[][][] forward(List<Layer> layers, double[][][] rows) {
    for (Layer layer : layers) {
      rows =
          switch (layer) {
            case Layer.Recurrent recurrent -> recurrents.get(recurrent.name()).run(rows);
            case Layer.Reverse _ -> Arrays.asList(rows).reversed().toArray(double[][][]::new);
            case Layer.Residual residual -> sum(rows, forward(residual.layers(), rows));
            case Layer.Readout readout -> new double[][][] {read(readout, rows)};
            default -> eachRow(layer, rows);
          };
    }
    return rows;
  }

  private double[][][] sum(double[][][] a, double[][][] b) {
    double[][][] sum = new double[a.length][a[0].length][a[0][0].length];
    for (int t = 0; t < sum.length; t++) {
      for (int row = 0; row < sum[t].length; row++) {
        for (int i = 0; i < sum[t][row].length; i++) {
          sum[t][row][i] = round(a[t][row][i] + b[t][row][i]);
        }
      }
    }
    return sum;
  }

  private double[][][] eachRow(Layer layer, double[][][] rows) {
    double[][][] result = new double[rows.length][rows[0].length][];
    for (int t = 0; t < rows.length; t++) {
      for (int b = 0; b < rows[t].length; b++) {
        result[t][b] = row(layer, rows[t][b]);
      }
    }
    return result;
  }

  private double[] row(Layer layer, double[] x) {
    return switch (layer) {
      case Layer.OneHot oneHot -> {
        double[] row = new double[oneHot.classes()];
        row[(int) x[0]] = 1;
        yield row;
      }
      case Layer.Embedding embedding -> {
        Tensor table = weights.get(embedding.parameters().getFirst().name());
        double[] row = new double[embedding.embeddingDim()];
        for (int i = 0; i < row.length; i++) {
          row[i] = table.get(((long) x[0]) * row.length + i);
        }
        yield row;
      }
      case Layer.Linear linear -> linear(linear, x);
      case Layer.Activation activation ->
          ReferenceActivation.apply(activation.function(), x, precision);
      case Layer.LayerNorm norm -> normalize(norm, x);
      case Layer.Recurrent _, Layer.Reverse _, Layer.Residual _, Layer.Readout _ ->
          throw new AssertionError(layer);
    };
  }

  private double[] linear(Layer.Linear linear, double[] x) {
    double[] y =
        ReferenceRecurrent.product(
            weights.get(linear.parameters().getFirst().name()), x, precision);
    if (linear.bias()) {
      Tensor bias = weights.get(linear.parameters().getLast().name());
      for (int i = 0; i < y.length; i++) {
        y[i] = round(y[i] + bias.get(i));
      }
    }
    return y;
  }

  /** Added up from the last feature to the first: not the engine's order. */
  private double[] normalize(Layer.LayerNorm norm, double[] x) {
    double sum = 0;
    for (int i = x.length - 1; i >= 0; i--) {
      sum = round(sum + x[i]);
    }
    double mean = round(sum / x.length);
    double squares = 0;
    for (int i = x.length - 1; i >= 0; i--) {
      double distance = round(x[i] - mean);
      squares = round(squares + round(distance * distance));
    }
    double deviation = round(Math.sqrt(round(round(squares / x.length) + norm.eps())));
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = round(round(x[i] - mean) / deviation);
      if (norm.elementwiseAffine()) {
        y[i] = round(y[i] * weights.get(norm.parameters().getFirst().name()).get(i));
      }
      if (norm.bias()) {
        y[i] = round(y[i] + weights.get(norm.parameters().getLast().name()).get(i));
      }
    }
    return y;
  }

  private double[][] read(Layer.Readout readout, double[][][] rows) {
    int batch = rows[0].length;
    double[][] result = new double[batch][];
    for (int b = 0; b < batch; b++) {
      double[][] sequence = new double[rows.length][];
      for (int t = 0; t < rows.length; t++) {
        sequence[t] = rows[t][b];
      }
      result[b] = read(readout, sequence);
    }
    return result;
  }

  private double[] read(Layer.Readout readout, double[][] sequence) {
    int steps = sequence.length;
    double[] last = sequence[steps - 1];
    return switch (readout) {
      case Layer.ReadLast _ -> last;
      case Layer.ReadFinal _ -> {
        double[] ends = last.clone();
        int half = ends.length / 2;
        System.arraycopy(sequence[0], half, ends, half, half);
        yield ends;
      }
      case Layer.MaxOverTime _ -> {
        double[] max = last.clone();
        for (double[] row : sequence) {
          for (int i = 0; i < max.length; i++) {
            max[i] = Math.max(max[i], row[i]);
          }
        }
        yield max;
      }
      case Layer.MeanOverTime _ -> weighted(sequence, _ -> 1.0 / steps);
      case Layer.DecayOverTime(_, float factor) -> {
        double sum = 0;
        for (int age = 0; age < steps; age++) {
          sum += Math.pow(factor, age);
        }
        double total = sum;
        yield weighted(sequence, age -> Math.pow(factor, age) / total);
      }
      case Layer.WeightsOverTime fixed ->
          weighted(
              sequence,
              age -> age < fixed.weightsByAge().size() ? fixed.weightsByAge().get(age) : 0);
      case Layer.AttentionOverTime attention -> attend(attention, sequence);
    };
  }

  private double[] attend(Layer.AttentionOverTime attention, double[][] sequence) {
    double[] scores = new double[sequence.length];
    for (int t = 0; t < scores.length; t++) {
      double[] scored = sequence[t];
      if (attention.hidden() != null) {
        scored = linear(attention.hidden(), scored);
        for (int i = 0; i < scored.length; i++) {
          scored[i] = round(Math.tanh(scored[i]));
        }
      }
      scores[t] = linear(attention.score(), scored)[0];
    }
    double[] probabilities =
        ReferenceActivation.apply(new ActivationFunction.Softmax(), scores, precision);
    return weighted(sequence, age -> probabilities[sequence.length - 1 - age]);
  }

  /** The sum over time of weight(age) * row; the newest row has age 0. */
  private double[] weighted(double[][] sequence, IntToDoubleFunction weight) {
    double[] sum = new double[sequence[0].length];
    for (int age = 0; age < sequence.length; age++) {
      double[] row = sequence[sequence.length - 1 - age];
      double w = round(weight.applyAsDouble(age));
      for (int i = 0; i < sum.length; i++) {
        sum[i] = round(sum[i] + round(w * row[i]));
      }
    }
    return sum;
  }

  private double round(double x) {
    return precision.applyAsDouble(x);
  }

  /** [time step][batch][feature]; a token is one feature. */
  private static double[][][] nested(Sequence sequence) {
    boolean tokens = sequence.tokens() != null;
    int length = tokens ? sequence.tokens().length : sequence.vectors().length;
    int features = tokens ? 1 : sequence.network().inputSize();
    int batch = sequence.batch();
    double[][][] xs = new double[length / features / batch][batch][features];
    for (int i = 0; i < length; i++) {
      xs[i / features / batch][i / features % batch][i % features] =
          tokens ? sequence.tokens()[i] : sequence.vectors()[i];
    }
    return xs;
  }

  private static double[] flat(double[][][] values) {
    int features = values[0][0].length;
    double[] flat = new double[values.length * values[0].length * features];
    int at = 0;
    for (double[][] rows : values) {
      for (double[] row : rows) {
        System.arraycopy(row, 0, flat, at, features);
        at += features;
      }
    }
    return flat;
  }
}
