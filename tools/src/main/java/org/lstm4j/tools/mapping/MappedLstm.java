// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.StackedRows;
import org.lstm4j.tools.checkpoint.TensorMemory;

/**
 * An LSTM with a matrix for each gate.
 *
 * @param name what it is to be called
 * @param hiddenFirst whether matrices are [hidden, in], as PyTorch's, and not [in, hidden]
 * @param joined how a matrix over x and h together has its inputs
 * @param gates i, f, g and o
 */
record MappedLstm(String name, boolean hiddenFirst, Joined joined, List<Gate> gates)
    implements MappedLayer {
  /** Whether one matrix takes the input and the state together. */
  enum Joined {
    /** There is one for each. */
    NO,
    /** [x, h]. */
    X_H,
    /** [h, x]. */
    H_X
  }

  /**
   * The tensors of one gate, by their names.
   *
   * @param x weights of the input, or of both
   * @param h weights of the state; the same as {@code x} where one matrix is of both
   * @param biases none, one, or one for x and one for h
   */
  record Gate(String x, String h, List<String> biases) {
    Gate {
      biases = List.copyOf(biases);
    }
  }

  MappedLstm {
    gates = List.copyOf(gates);
  }

  @Override
  public List<String> sources() {
    return gates.stream()
        .flatMap(gate -> Stream.concat(Stream.of(gate.x(), gate.h()), gate.biases().stream()))
        .distinct()
        .toList();
  }

  @Override
  public List<StoredTensor> parameters(Sources sources, TensorMemory memory) {
    StoredTensor first = sources.matrix(gates.getFirst().x());
    int across = sources.size(first, first.shape()[hiddenFirst ? 1 : 0]);
    int hidden = sources.size(first, first.shape()[hiddenFirst ? 0 : 1]);
    int in = joined == Joined.NO ? across : sources.size(first, across - (long) hidden);
    List<StoredTensor> parameters = new ArrayList<>();
    int xBegin = joined == Joined.H_X ? hidden : 0;
    int hBegin = joined == Joined.X_H ? in : 0;
    boolean both = joined != Joined.NO;
    parameters.add(
        stack(
            "weight_ih",
            gates.stream().map(Gate::x).toList(),
            new Part(both ? across : in, xBegin, in, hidden),
            sources,
            memory));
    parameters.add(
        stack(
            "weight_hh",
            gates.stream().map(Gate::h).toList(),
            new Part(both ? across : hidden, hBegin, hidden, hidden),
            sources,
            memory));
    addBiases(parameters, hidden, sources, memory);
    return parameters;
  }

  /**
   * Some inputs of a gate's matrix.
   *
   * @param across inputs of the matrix
   * @param begin the first of them that is meant
   * @param count how many are meant
   * @param hidden outputs of the matrix
   */
  private record Part(int across, int begin, int count, int hidden) {}

  private StoredTensor stack(
      String kind, List<String> names, Part part, Sources sources, TensorMemory memory) {
    StackedRows rows = null;
    StoredTensor first = null;
    for (String source : names) {
      StoredTensor tensor =
          hiddenFirst
              ? sources.matrix(source, part.hidden(), part.across())
              : sources.matrix(source, part.across(), part.hidden());
      if (rows == null) {
        first = tensor;
        rows = room(kind, first, memory, 4L * part.hidden(), part.count());
      }
      sources.requireOneType(first, tensor);
      if (hiddenFirst) {
        rows.add(tensor, part.begin(), part.across(), 1, part.hidden());
      } else {
        rows.add(tensor, (long) part.begin() * part.hidden(), 1, part.hidden(), part.hidden());
      }
    }
    return rows.tensor();
  }

  /** PyTorch adds two biases; where there is one, the other one is zero. */
  private void addBiases(
      List<StoredTensor> parameters, int hidden, Sources sources, TensorMemory memory) {
    int count = gates.getFirst().biases().size();
    if (count == 0) {
      return;
    }
    parameters.add(stackBias("bias_ih", 0, hidden, sources, memory));
    parameters.add(
        count == 2
            ? stackBias("bias_hh", 1, hidden, sources, memory)
            : room("bias_hh", parameters.getFirst(), memory, 4L * hidden).tensor());
  }

  private StoredTensor stackBias(
      String kind, int which, int hidden, Sources sources, TensorMemory memory) {
    StoredTensor first = sources.vector(gates.getFirst().biases().get(which), hidden);
    StackedRows rows = room(kind, first, memory, 4L * hidden);
    for (Gate gate : gates) {
      StoredTensor bias = sources.vector(gate.biases().get(which), hidden);
      sources.requireOneType(first, bias);
      rows.add(bias, 0, 1, 1, hidden);
    }
    return rows.tensor();
  }

  private StackedRows room(String kind, StoredTensor like, TensorMemory memory, long... shape) {
    return new StackedRows(like.dict(), name + "." + kind + "_l0", like.dtype(), memory, shape);
  }
}
