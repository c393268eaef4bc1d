// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Backpropagation through time as one writes it down from the equations: one batch row, one gate
 * and one time step after the other, each product's gradients by two loops over its matrix.
 */
final class TextbookLearning implements LearningEngine {
  private final CellKind kind;
  private final int steps;
  private final int batch;
  private final int inputSize;
  private final int hiddenSize;
  private final Optional<LstmWeights.Head> head;
  private final float[] outputGradient;

  /** By gate. */
  private final float[][] ih;

  private final float[][] hh;
  private final float[][] biasIh;
  private final float[][] biasHh;
  private final float[][] fromInput;
  private final float[][] fromHidden;
  private final float[][] ihGradient;
  private final float[][] hhGradient;
  private final float[][] biasIhGradient;
  private final float[][] biasHhGradient;

  /** [time step, batch row], the state before the first step at 0. */
  private final TextbookTape[][] tape;

  private final float[] inputGradient;
  private final float[] headWeightGradient;
  private final float[] headBiasGradient;

  TextbookLearning(CellKind kind, Workload workload, LstmWeights all) {
    this.kind = kind;
    steps = workload.kind().steps();
    batch = workload.kind().batch();
    inputSize = workload.shape().inputSize();
    hiddenSize = workload.shape().hiddenSize();
    LstmWeights.Cell weights = all.cells().getFirst();
    head =
        all.head()
            .map(values -> new LstmWeights.Head(values.weight().clone(), values.bias().clone()));
    outputGradient = LstmWeights.outputGradient(workload.outputElements());
    ih = Textbook.byGate(kind, weights.ih());
    hh = Textbook.byGate(kind, weights.hh());
    biasIh = Textbook.byGate(kind, weights.biasIh());
    biasHh = Textbook.byGate(kind, weights.biasHh());
    fromInput = new float[kind.gates()][hiddenSize];
    fromHidden = new float[kind.gates()][hiddenSize];
    ihGradient = new float[kind.gates()][hiddenSize * inputSize];
    hhGradient = new float[kind.gates()][hiddenSize * hiddenSize];
    biasIhGradient = new float[kind.gates()][hiddenSize];
    biasHhGradient = new float[kind.gates()][hiddenSize];
    tape = new TextbookTape[steps + 1][batch];
    for (TextbookTape[] step : tape) {
      Arrays.setAll(step, _ -> new TextbookTape(kind, inputSize, hiddenSize));
    }
    inputGradient = new float[workload.inputElements()];
    headWeightGradient = new float[head.map(values -> values.weight().length).orElse(0)];
    headBiasGradient = new float[head.map(values -> values.bias().length).orElse(0)];
  }

  @Override
  public void run(float[] x, float[] y) {
    forward(x, y);
    backward(outputGradient);
  }

  /** There, from the state that the call before left. */
  void forward(float[] x, float[] y) {
    TextbookTape[] last = tape[steps];
    tape[steps] = tape[0];
    tape[0] = last;
    for (int step = 0; step < steps; step++) {
      for (int row = 0; row < batch; row++) {
        forward(x, y, step, row);
      }
    }
  }

  /**
   * Back again.
   *
   * @param dy the gradient of y
   */
  void backward(float[] dy) {
    clear();
    for (int row = 0; row < batch; row++) {
      backward(dy, row);
    }
  }

  private void forward(float[] x, float[] y, int step, int row) {
    TextbookTape before = tape[step][row];
    TextbookTape now = tape[step + 1][row];
    System.arraycopy(x, (step * batch + row) * inputSize, now.x, 0, inputSize);
    for (int gate = 0; gate < kind.gates(); gate++) {
      Textbook.product(ih[gate], now.x, biasIh[gate], fromInput[gate]);
      Textbook.product(hh[gate], before.h, biasHh[gate], fromHidden[gate]);
    }
    now.forward(kind, before, fromInput, fromHidden);
    float[] output = now.h;
    if (head.isPresent()) {
      output = new float[headBiasGradient.length];
      Textbook.product(head.get().weight(), now.h, head.get().bias(), output);
    }
    System.arraycopy(output, 0, y, (step * batch + row) * output.length, output.length);
  }

  private void clear() {
    for (float[][] gradient :
        new float[][][] {ihGradient, hhGradient, biasIhGradient, biasHhGradient}) {
      for (float[] gate : gradient) {
        Arrays.fill(gate, 0);
      }
    }
    Arrays.fill(headWeightGradient, 0);
    Arrays.fill(headBiasGradient, 0);
  }

  private void backward(float[] dy, int row) {
    float[] dh = new float[hiddenSize];
    float[] dc = new float[hiddenSize];
    for (int step = steps - 1; step >= 0; step--) {
      TextbookTape before = tape[step][row];
      TextbookTape now = tape[step + 1][row];
      addOutput(dy, step * batch + row, now.h, dh);
      // From here on, the gradients of the two sums of each gate.
      now.backward(kind, before, dh, dc, fromInput, fromHidden);
      float[] dx = new float[inputSize];
      for (int gate = 0; gate < kind.gates(); gate++) {
        addProduct(fromInput[gate], ih[gate], now.x, ihGradient[gate], biasIhGradient[gate], dx);
        addProduct(
            fromHidden[gate], hh[gate], before.h, hhGradient[gate], biasHhGradient[gate], dh);
      }
      System.arraycopy(dx, 0, inputGradient, (step * batch + row) * inputSize, inputSize);
    }
  }

  private void addOutput(float[] dy, int row, float[] h, float[] dh) {
    int size = head.isPresent() ? headBiasGradient.length : hiddenSize;
    float[] d = Arrays.copyOfRange(dy, row * size, (row + 1) * size);
    if (head.isPresent()) {
      addProduct(d, head.get().weight(), h, headWeightGradient, headBiasGradient, dh);
    } else {
      for (int i = 0; i < size; i++) {
        dh[i] += d[i];
      }
    }
  }

  /** The gradients of a product, given that of its sums. */
  private static void addProduct(
      float[] dSums,
      float[] matrix,
      float[] vector,
      float[] dMatrix,
      float[] dBias,
      float[] dVector) {
    for (int row = 0; row < dSums.length; row++) {
      float d = dSums[row];
      int start = row * vector.length;
      for (int column = 0; column < vector.length; column++) {
        dMatrix[start + column] += d * vector[column];
      }
      for (int column = 0; column < vector.length; column++) {
        dVector[column] += d * matrix[start + column];
      }
      dBias[row] += d;
    }
  }

  @Override
  public Gradients gradients() {
    return new Gradients(
        joined(ihGradient),
        joined(hhGradient),
        joined(biasIhGradient),
        joined(biasHhGradient),
        head.map(_ -> new LstmWeights.Head(headWeightGradient.clone(), headBiasGradient.clone())),
        inputGradient.clone());
  }

  /** {@return the weights themselves, gate by gate, then those of the head} */
  List<float[]> weights() {
    float[][] ofHead =
        head.map(values -> new float[][] {values.weight(), values.bias()}).orElse(new float[0][]);
    return listed(ih, hh, biasIh, biasHh, ofHead);
  }

  /** {@return the gradients of {@link #weights} themselves, of the last call of backward} */
  List<float[]> weightGradients() {
    float[][] ofHead =
        head.map(_ -> new float[][] {headWeightGradient, headBiasGradient}).orElse(new float[0][]);
    return listed(ihGradient, hhGradient, biasIhGradient, biasHhGradient, ofHead);
  }

  private static List<float[]> listed(float[][]... arrays) {
    return Stream.of(arrays).flatMap(Stream::of).toList();
  }

  /** {@return a copy of the weights, in the order of {@link TrainingEngine#parameters}} */
  List<float[]> parameters() {
    List<float[]> parameters =
        new ArrayList<>(List.of(joined(ih), joined(hh), joined(biasIh), joined(biasHh)));
    head.ifPresent(
        values -> parameters.addAll(List.of(values.weight().clone(), values.bias().clone())));
    return parameters;
  }

  private static float[] joined(float[][] gates) {
    int length = gates[0].length;
    float[] all = new float[gates.length * length];
    for (int gate = 0; gate < gates.length; gate++) {
      System.arraycopy(gates[gate], 0, all, gate * length, length);
    }
    return all;
  }

  @Override
  public void close() {
    // Arrays need no closing.
  }
}
