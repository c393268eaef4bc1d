// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.Arrays;

/**
 * What a cell keeps of one time step of one batch row, and its equations and their derivatives,
 * unit by unit. Gates stand in PyTorch's order.
 */
final class TextbookTape {
  final float[] x;
  final float[] h;
  final float[] c;

  /** What each gate let through. */
  private final float[][] gates;

  /** A GRU's candidate from h, before its reset gate. */
  private final float[] candidate;

  TextbookTape(CellKind kind, int inputSize, int hiddenSize) {
    x = new float[inputSize];
    h = new float[hiddenSize];
    c = new float[hiddenSize];
    gates = new float[kind.gates()][hiddenSize];
    candidate = new float[hiddenSize];
  }

  /** Computes the step from its two sums, by gate. */
  void forward(CellKind kind, TextbookTape before, float[][] fromInput, float[][] fromHidden) {
    for (int i = 0; i < h.length; i++) {
      switch (kind) {
        case LSTM -> lstm(i, before.c[i], fromInput, fromHidden);
        case GRU -> gru(i, before.h[i], fromInput, fromHidden);
        case RNN -> h[i] = (float) Math.tanh(fromInput[0][i] + fromHidden[0][i]);
      }
    }
  }

  private void lstm(int i, float cBefore, float[][] fromInput, float[][] fromHidden) {
    for (int gate = 0; gate < 4; gate++) {
      double sum = fromInput[gate][i] + fromHidden[gate][i];
      gates[gate][i] = (float) (gate == 2 ? Math.tanh(sum) : Textbook.sigmoid(sum));
    }
    c[i] = gates[1][i] * cBefore + gates[0][i] * gates[2][i];
    h[i] = (float) (gates[3][i] * Math.tanh(c[i]));
  }

  private void gru(int i, float hBefore, float[][] fromInput, float[][] fromHidden) {
    float r = (float) Textbook.sigmoid(fromInput[0][i] + fromHidden[0][i]);
    float z = (float) Textbook.sigmoid(fromInput[1][i] + fromHidden[1][i]);
    float n = (float) Math.tanh(fromInput[2][i] + r * fromHidden[2][i]);
    gates[0][i] = r;
    gates[1][i] = z;
    gates[2][i] = n;
    candidate[i] = fromHidden[2][i];
    h[i] = (1 - z) * n + z * hBefore;
  }

  /**
   * Goes back through the step.
   *
   * @param dh the gradient of h; becomes that part of the one before's that goes by no product
   * @param dc the gradient of c that comes from later steps; becomes that of c before
   * @param dInput receives the gradients of the sums from the input, by gate
   * @param dHidden receives those of the sums from h before
   */
  void backward(
      CellKind kind,
      TextbookTape before,
      float[] dh,
      float[] dc,
      float[][] dInput,
      float[][] dHidden) {
    for (int i = 0; i < h.length; i++) {
      switch (kind) {
        case LSTM -> lstmBack(i, before.c[i], dh[i], dc, dInput);
        case GRU -> gruBack(i, before.h[i], dh[i], dInput, dHidden);
        case RNN -> dInput[0][i] = dh[i] * (1 - h[i] * h[i]);
      }
    }
    if (kind == CellKind.GRU) {
      for (int i = 0; i < h.length; i++) {
        dh[i] *= gates[1][i];
      }
      return;
    }
    for (int gate = 0; gate < gates.length; gate++) {
      System.arraycopy(dInput[gate], 0, dHidden[gate], 0, h.length);
    }
    Arrays.fill(dh, 0);
  }

  private void lstmBack(int i, float cBefore, float dh, float[] dc, float[][] d) {
    float in = gates[0][i];
    float forget = gates[1][i];
    float g = gates[2][i];
    float out = gates[3][i];
    float tanh = (float) Math.tanh(c[i]);
    float dCell = dc[i] + dh * out * (1 - tanh * tanh);
    d[0][i] = dCell * g * in * (1 - in);
    d[1][i] = dCell * cBefore * forget * (1 - forget);
    d[2][i] = dCell * in * (1 - g * g);
    d[3][i] = dh * tanh * out * (1 - out);
    dc[i] = dCell * forget;
  }

  private void gruBack(int i, float hBefore, float dh, float[][] dInput, float[][] dHidden) {
    float r = gates[0][i];
    float z = gates[1][i];
    float n = gates[2][i];
    float dn = dh * (1 - z) * (1 - n * n);
    float dr = dn * candidate[i] * r * (1 - r);
    float dz = dh * (hBefore - n) * z * (1 - z);
    dInput[0][i] = dr;
    dInput[1][i] = dz;
    dInput[2][i] = dn;
    dHidden[0][i] = dr;
    dHidden[1][i] = dz;
    dHidden[2][i] = dn * r;
  }
}
