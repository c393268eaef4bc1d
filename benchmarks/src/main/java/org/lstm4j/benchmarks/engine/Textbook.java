// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.Arrays;

/**
 * An LSTM as one writes it down from the equations: one matrix product for each gate over arrays,
 * the JDK's {@code exp} and {@code tanh}, nothing fused. The engines are checked against it too.
 */
public final class Textbook implements EngineProvider {
  /** The name of its column. */
  public static final String NAME = "textbook";

  @Override
  public String name() {
    return NAME;
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
  public LstmEngine open(Workload workload, LstmWeights weights) {
    return new Engine(workload, weights.cells().getFirst());
  }

  private static final class Engine implements LstmEngine {
    private final int steps;
    private final int batch;
    private final int inputSize;
    private final int hiddenSize;
    private final float[][] ih = new float[4][];
    private final float[][] hh = new float[4][];
    private final float[][] bias = new float[4][];
    private final float[][] gates = new float[4][];
    private final float[][] h;
    private final float[][] c;
    private final float[] input;

    Engine(Workload workload, LstmWeights.Cell cell) {
      steps = workload.kind().steps();
      batch = workload.kind().batch();
      inputSize = cell.inputSize();
      hiddenSize = workload.shape().hiddenSize();
      h = new float[batch][hiddenSize];
      c = new float[batch][hiddenSize];
      input = new float[inputSize];
      for (int gate = 0; gate < 4; gate++) {
        ih[gate] = part(cell.ih(), gate);
        hh[gate] = part(cell.hh(), gate);
        bias[gate] = part(cell.biasIh(), gate);
        float[] other = part(cell.biasHh(), gate);
        for (int i = 0; i < hiddenSize; i++) {
          bias[gate][i] += other[i];
        }
        gates[gate] = new float[hiddenSize];
      }
    }

    private static float[] part(float[] values, int gate) {
      int length = values.length / 4;
      return Arrays.copyOfRange(values, gate * length, (gate + 1) * length);
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
      for (int gate = 0; gate < 4; gate++) {
        System.arraycopy(bias[gate], 0, gates[gate], 0, hiddenSize);
        addProduct(ih[gate], input, gates[gate]);
        addProduct(hh[gate], hidden, gates[gate]);
      }
      for (int i = 0; i < hiddenSize; i++) {
        cell[i] =
            (float)
                (sigmoid(gates[1][i]) * cell[i] + sigmoid(gates[0][i]) * Math.tanh(gates[2][i]));
        hidden[i] = (float) (sigmoid(gates[3][i]) * Math.tanh(cell[i]));
      }
    }

    private static void addProduct(float[] matrix, float[] vector, float[] sums) {
      for (int row = 0; row < sums.length; row++) {
        float sum = 0;
        for (int column = 0; column < vector.length; column++) {
          sum += matrix[row * vector.length + column] * vector[column];
        }
        sums[row] += sum;
      }
    }

    private static double sigmoid(double x) {
      return 1 / (1 + Math.exp(-x));
    }

    @Override
    public void close() {
      // Arrays need no closing.
    }
  }
}
