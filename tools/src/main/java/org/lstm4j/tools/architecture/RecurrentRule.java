// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Parameter;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * Reads kind and sizes of a recurrent layer from its tensors, and checks that it is complete. How
 * many times the hidden size the rows are tells an LSTM (4) from a GRU (3) and an RNN (1); and of
 * these, an LSTM alone has projections.
 */
final class RecurrentRule {
  private final String module;
  private final List<NamedTensor> tensors;
  private final Map<String, NamedTensor> byName = new HashMap<>();
  private boolean cell;
  private boolean bias;
  private boolean reverse;
  private boolean projection;
  private int layers;

  private RecurrentRule(String module, List<NamedTensor> tensors) {
    this.module = module;
    this.tensors = tensors;
    for (NamedTensor tensor : tensors) {
      byName.put(tensor.name(), tensor);
      RecurrentName name = RecurrentName.of(tensor).orElseThrow();
      cell |= name.cell();
      bias |= name.kind().startsWith("bias");
      reverse |= name.reverse();
      projection |= name.kind().equals("weight_hr");
      layers = Math.max(layers, name.layer() + 1);
    }
  }

  /**
   * The group of a module's recurrent tensors.
   *
   * @throws Refusal if one is missing, surplus or of another shape than the others say
   */
  static ModuleGroup.Recurrent read(String module, List<NamedTensor> tensors) {
    return new RecurrentRule(module, tensors).read();
  }

  private ModuleGroup.Recurrent read() {
    // A gap in the numbering leaves fewer tensors than layers; so nothing long is built from it.
    Refusal.require(
        layers <= tensors.size(),
        "lacks layers of %s: its tensors are numbered up to %d; it is incomplete",
        display(),
        layers - 1);
    Layer.Recurrent layer = layer();
    for (Parameter parameter : layer.parameters()) {
      check(layer, parameter);
    }
    Refusal.require(
        layer.parameters().size() == tensors.size(),
        "has surplus tensors in %s, which mixes the names of layers and cells; use --select",
        display());
    return new ModuleGroup.Recurrent(layer, tensors);
  }

  private Layer.Recurrent layer() {
    String suffix = cell ? "" : "_l0";
    NamedTensor input = matrix("weight_ih" + suffix);
    NamedTensor recurrent = matrix("weight_hh" + suffix);
    int inputSize = size(input, 1);
    int rows = size(recurrent, 0);
    if (projection) {
      NamedTensor projected = matrix("weight_hr" + suffix);
      return lstm(inputSize, size(projected, 1), size(projected, 0));
    }
    int hidden = size(recurrent, 1);
    if (rows == hidden) {
      return new Layer.Rnn(
          module, inputSize, hidden, layers, bias, reverse, cell, new ActivationFunction.Tanh());
    }
    if (rows == 3L * hidden) {
      return new Layer.Gru(module, inputSize, hidden, layers, bias, reverse, cell);
    }
    Refusal.require(
        rows == 4L * hidden,
        "has %s and %s, where the rows are 4 times the hidden size %d in an LSTM, 3 times in a GRU,"
            + " and once in an RNN; the file is damaged or of another kind of network",
        input,
        recurrent,
        hidden);
    return lstm(inputSize, hidden, 0);
  }

  private Layer.Recurrent lstm(int inputSize, int hidden, int projected) {
    return new Layer.Lstm(module, inputSize, hidden, layers, bias, reverse, projected, cell);
  }

  private NamedTensor matrix(String parameter) {
    String name = module.isEmpty() ? parameter : module + "." + parameter;
    NamedTensor tensor = byName.get(name);
    Refusal.require(tensor != null, "lacks the tensor %s, so %s is incomplete", name, display());
    Refusal.require(
        tensor.dimensions() == 2,
        "has %s, where a recurrent layer has a matrix; the file is damaged",
        tensor);
    return tensor;
  }

  private void check(Layer.Recurrent layer, Parameter parameter) {
    NamedTensor tensor = byName.get(parameter.name());
    Refusal.require(
        tensor != null,
        "lacks the tensor %s %s, so %s is incomplete; save the whole state dict",
        parameter.name(),
        parameter.shape(),
        display());
    Refusal.require(
        tensor.shape().equals(parameter.shape()),
        "has %s, where %s of input size %d and hidden size %d needs %s; the file is damaged or"
            + " of another kind of network",
        tensor,
        kind(layer),
        layer.inputSize(),
        layer.hiddenSize(),
        parameter.shape());
  }

  private static String kind(Layer.Recurrent layer) {
    return switch (layer) {
      case Layer.Lstm _ -> "an LSTM";
      case Layer.Gru _ -> "a GRU";
      case Layer.Rnn _ -> "an RNN";
    };
  }

  private static int size(NamedTensor tensor, int dimension) {
    long size = tensor.shape().get(dimension);
    Refusal.require(
        0 < size && size <= Integer.MAX_VALUE, "has %s, which no layer can have", tensor);
    return (int) size;
  }

  private String display() {
    return module.isEmpty() ? "the network" : module;
  }
}
