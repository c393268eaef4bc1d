// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.Arrays;

/**
 * A cell as one writes it down from the equations: one matrix product for each gate over arrays,
 * the JDK's {@code exp} and {@code tanh}, nothing fused. The engines are checked against it too.
 *
 * @param cell the cell, in the equations of PyTorch's documentation
 */
public record Textbook(CellKind cell) implements EngineProvider {
  /** The name of the LSTM's column. */
  public static final String NAME = "textbook";

  @Override
  public String name() {
    return cell.column(NAME);
  }

  @Override
  public String version() {
    return "this build";
  }

  @Override
  public boolean runs(Workload workload) {
    return workload.storage() == Storage.F32
        && workload.threads() == 1
        && workload.shape().layers() == 1
        && workload.shape().directions() == 1;
  }

  @Override
  public EngineProvider reference(Workload workload) {
    return new Lstm4j(cell);
  }

  @Override
  public LstmEngine open(Workload workload, LstmWeights weights) {
    return workload.learns()
        ? new TextbookLearning(cell, workload, weights)
        : new Engine(cell, workload, weights.cells().getFirst());
  }

  @Override
  public TrainingEngine train(Workload workload, LstmWeights weights) {
    return new TextbookTraining(
        cell, workload, weights, TrainingEngine.LEARNING_RATE, TrainingEngine.MAX_NORM);
  }

  /** Cuts an array of the four gates of an LSTM into those that a cell has. */
  static float[][] byGate(CellKind kind, float[] values) {
    int length = values.length / CellKind.LSTM.gates();
    float[][] parts = new float[kind.gates()][];
    for (int gate = 0; gate < parts.length; gate++) {
      parts[gate] = Arrays.copyOfRange(values, gate * length, (gate + 1) * length);
    }
    return parts;
  }

  /** Sums become bias + matrix * vector. */
  static void product(float[] matrix, float[] vector, float[] bias, float[] sums) {
    for (int row = 0; row < sums.length; row++) {
      float sum = 0;
      for (int column = 0; column < vector.length; column++) {
        sum += matrix[row * vector.length + column] * vector[column];
      }
      sums[row] = bias[row] + sum;
    }
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static final class Engine implements LstmEngine {
    private final CellKind kind;
    private final int steps;
    private final int batch;
    private final int inputSize;
    private final int hiddenSize;

    /** By gate. */
    private final float[][] ih;

    private final float[][] hh;
    private final float[][] biasIh;
    private final float[][] biasHh;
    private final float[][] fromInput;
    private final float[][] fromHidden;

    /** By batch row. */
    private final float[][] h;

    private final float[][] c;
    private final float[] input;

    Engine(CellKind kind, Workload workload, LstmWeights.Cell cell) {
      this.kind = kind;
      steps = workload.kind().steps();
      batch = workload.kind().batch();
      inputSize = cell.inputSize();
      hiddenSize = workload.shape().hiddenSize();
      h = new float[batch][hiddenSize];
      c = new float[batch][hiddenSize];
      input = new float[inputSize];
      ih = byGate(kind, cell.ih());
      hh = byGate(kind, cell.hh());
      biasIh = byGate(kind, cell.biasIh());
      biasHh = byGate(kind, cell.biasHh());
      fromInput = new float[kind.gates()][hiddenSize];
      fromHidden = new float[kind.gates()][hiddenSize];
    }

    @Override
    public void run(float[] x, float[] y) {
      for (int row = 0; row < steps * batch; row++) {
        System.arraycopy(x, row * inputSize, input, 0, inputSize);
        step(h[row % batch], c[row % batch]);
        System.arraycopy(h[row % batch], 0, y, row * hiddenSize, hiddenSize);
      }
    }

    private void step(float[] hidden, float[] cell) {
      for (int gate = 0; gate < kind.gates(); gate++) {
        product(ih[gate], input, biasIh[gate], fromInput[gate]);
        product(hh[gate], hidden, biasHh[gate], fromHidden[gate]);
      }
      switch (kind) {
        case LSTM -> lstm(hidden, cell);
        case GRU -> gru(hidden);
        case RNN -> rnn(hidden);
      }
    }

    private void lstm(float[] hidden, float[] cell) {
      for (int i = 0; i < hiddenSize; i++) {
        double g = Math.tanh(sum(2, i));
        cell[i] = (float) (sigmoid(sum(1, i)) * cell[i] + sigmoid(sum(0, i)) * g);
        hidden[i] = (float) (sigmoid(sum(3, i)) * Math.tanh(cell[i]));
      }
    }

    private void gru(float[] hidden) {
      for (int i = 0; i < hiddenSize; i++) {
        double z = sigmoid(sum(1, i));
        double n = Math.tanh(fromInput[2][i] + sigmoid(sum(0, i)) * fromHidden[2][i]);
        hidden[i] = (float) ((1 - z) * n + z * hidden[i]);
      }
    }

    private void rnn(float[] hidden) {
      for (int i = 0; i < hiddenSize; i++) {
        hidden[i] = (float) Math.tanh(sum(0, i));
      }
    }

    private float sum(int gate, int unit) {
      return fromInput[gate][unit] + fromHidden[gate][unit];
    }

    @Override
    public void close() {
      // Arrays need no closing.
    }
  }
}
