// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.assembly;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.GruForm;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.LstmForm;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.kernel.GeneralGru;
import org.lstm4j.engine.kernel.GeneralLstm;
import org.lstm4j.engine.kernel.GeneralRnn;
import org.lstm4j.engine.kernel.Kernels;
import org.lstm4j.engine.kernel.PackedGates;
import org.lstm4j.engine.kernel.PackedMatrix;
import org.lstm4j.engine.kernel.RnnGates;
import org.lstm4j.engine.kernel.SessionKernels;
import org.lstm4j.engine.stage.Cell;
import org.lstm4j.engine.stage.RecurrentWeights;
import org.lstm4j.engine.stage.Resources;

/**
 * How a recurrent layer runs: PyTorch's LSTM, GRU and RNN have kernels of their own, and so has an
 * RNN of sigmoids; other forms are put together from kernels for rows ({@code GeneralCell}).
 */
final class RecurrentPlan {
  private final Layer.Recurrent layer;
  private final Weights weights;
  private final SessionOptions options;
  private final Resources resources;
  private final Functions functions;

  /**
   * Plans a layer.
   *
   * @param functions gives the kernels of functions
   */
  RecurrentPlan(
      Layer.Recurrent layer,
      Weights weights,
      SessionOptions options,
      Resources resources,
      Functions functions) {
    this.layer = layer;
    this.weights = weights;
    this.options = options;
    this.resources = resources;
    this.functions = functions;
  }

  /** The layout of a matrix that gives all gates of a layer. */
  static PackedGates layout(Layer.Recurrent layer, int inputs) {
    return hasKernel(layer)
        ? Kernels.layout(layer.gates(), layer.hiddenSize(), inputs)
        : Kernels.layout(1, Math.multiplyExact(layer.gates(), layer.hiddenSize()), inputs);
  }

  private static boolean hasKernel(Layer.Recurrent layer) {
    return switch (layer) {
      case Layer.Lstm lstm -> lstm.form().isStandard();
      case Layer.Gru gru -> gru.form().isStandard();
      case Layer.Rnn rnn -> rnnFunction(rnn) != null;
    };
  }

  private static RnnGates.Function rnnFunction(Layer.Rnn rnn) {
    return switch (rnn.nonlinearity()) {
      case ActivationFunction.Tanh _ -> RnnGates.Function.TANH;
      case ActivationFunction.Sigmoid _ -> RnnGates.Function.SIGMOID;
      case ActivationFunction.Relu _ -> RnnGates.Function.RELU;
      default -> null;
    };
  }

  /** For each layer of the stack, for each direction. */
  List<RecurrentWeights> stack() {
    List<RecurrentWeights> stack = new ArrayList<>();
    for (int i = 0; i < layer.numLayers(); i++) {
      for (int direction = 0; direction < layer.numDirections(); direction++) {
        stack.add(
            new RecurrentWeights(
                matrix("weight_ih", i, direction),
                matrix("weight_hh", i, direction),
                matrix("weight_hr", i, direction),
                cell(i, direction)));
      }
    }
    return stack;
  }

  private PackedMatrix matrix(String kind, int i, int direction) {
    return weights.matrix(
        layer.parameterName(kind, i, direction), options.weights().orElse(weights.storage()));
  }

  private Cell cell(int i, int direction) {
    SessionKernels kernels = resources.kernels();
    PackedGates row = layout(layer, layer.hiddenOutputSize());
    int units = layer.hiddenSize();
    boolean ownKernel = hasKernel(layer);
    return switch (layer) {
      case Layer.Lstm _ when ownKernel ->
          Cell.of(
              units,
              Cell.Kind.LSTM,
              use -> kernels.lstmGates(row, use),
              use -> kernels.lstmGradient(row, use));
      case Layer.Gru _ when ownKernel ->
          Cell.of(
              units,
              Cell.Kind.GRU,
              use -> kernels.gruGates(row, use),
              use -> kernels.gruGradient(row, use));
      case Layer.Rnn rnn when ownKernel ->
          Cell.of(
              units,
              Cell.Kind.RNN,
              use -> kernels.rnnGates(rnnFunction(rnn), row, use),
              use -> kernels.rnnGradient(rnnFunction(rnn), row, use));
      case Layer.Lstm lstm -> Cell.of(units, Cell.Kind.LSTM, general(lstm, row, i, direction));
      case Layer.Gru gru -> Cell.of(units, Cell.Kind.GRU, general(gru, row));
      case Layer.Rnn rnn ->
          Cell.of(
              units,
              Cell.Kind.RNN,
              new GeneralRnn(row, units, functions.ofCell(rnn.nonlinearity()), kernels));
    };
  }

  private GeneralLstm general(Layer.Lstm lstm, PackedGates row, int i, int direction) {
    LstmForm form = lstm.form();
    return new GeneralLstm(
        row,
        lstm.hiddenSize(),
        form.forgetGate(),
        form.peepholes() ? weights.row(lstm.parameterName("weight_peephole", i, direction)) : null,
        new GeneralLstm.Functions(
            functions.ofCell(form.gate()),
            functions.ofCell(form.candidate()),
            functions.ofCell(form.output())),
        form.clip(),
        resources.kernels());
  }

  private GeneralGru general(Layer.Gru gru, PackedGates row) {
    GruForm form = gru.form();
    return new GeneralGru(
        row,
        gru.hiddenSize(),
        form.resetAfter(),
        new GeneralGru.Functions(functions.ofCell(form.gate()), functions.ofCell(form.candidate())),
        form.clip(),
        resources.kernels());
  }
}
