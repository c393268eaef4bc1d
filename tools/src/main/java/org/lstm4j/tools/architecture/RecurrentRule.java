// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Parameter;
import org.lstm4j.tools.checkpoint.Refusal;

/** Reads the sizes of an LSTM from its tensors, and checks that it is one and complete. */
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
    Layer.Lstm layer = layer();
    for (Parameter parameter : layer.parameters()) {
      check(layer, parameter);
    }
    Refusal.require(
        layer.parameters().size() == tensors.size(),
        "has surplus tensors in %s, which mixes the names of LSTM and LSTMCell; use --select",
        display());
    return new ModuleGroup.Recurrent(layer, tensors);
  }

  private Layer.Lstm layer() {
    String suffix = cell ? "" : "_l0";
    NamedTensor input = matrix("weight_ih" + suffix);
    NamedTensor recurrent = matrix("weight_hh" + suffix);
    int projected = projection ? size(matrix("weight_hr" + suffix), 0) : 0;
    int hidden = projection ? size(matrix("weight_hr" + suffix), 1) : size(recurrent, 1);
    requireFourGates(input, recurrent, hidden);
    return new Layer.Lstm(module, size(input, 1), hidden, layers, bias, reverse, projected, cell);
  }

  private void requireFourGates(NamedTensor input, NamedTensor recurrent, int hidden) {
    long rows = size(input, 0);
    if (rows != 4L * hidden) {
      String kind =
          rows == 3L * hidden
              ? "a GRU's, which is not supported yet"
              : rows == hidden
                  ? "a plain RNN's, which is not supported yet"
                  : "not an LSTM's; the file is damaged or of another kind of network";
      throw new Refusal(
          "has %s and %s, where an LSTM has 4 times its hidden size %d in rows: the shapes are %s",
          input, recurrent, hidden, kind);
    }
  }

  private NamedTensor matrix(String parameter) {
    String name = module.isEmpty() ? parameter : module + "." + parameter;
    NamedTensor tensor = byName.get(name);
    Refusal.require(tensor != null, "lacks the tensor %s, so %s is incomplete", name, display());
    Refusal.require(
        tensor.dimensions() == 2,
        "has %s, where an LSTM has a matrix; the file is damaged",
        tensor);
    return tensor;
  }

  private void check(Layer.Lstm layer, Parameter parameter) {
    NamedTensor tensor = byName.get(parameter.name());
    Refusal.require(
        tensor != null,
        "lacks the tensor %s %s, so %s is incomplete; save the whole state dict",
        parameter.name(),
        parameter.shape(),
        display());
    Refusal.require(
        tensor.shape().equals(parameter.shape()),
        "has %s, where an LSTM of input size %d and hidden size %d needs %s; the file is damaged or"
            + " of another kind of network",
        tensor,
        layer.inputSize(),
        layer.hiddenSize(),
        parameter.shape());
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
