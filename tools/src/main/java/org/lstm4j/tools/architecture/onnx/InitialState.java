// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.lstm4j.tools.StoredTensor;

/** What a recurrent operator starts from: zeros, an input of the graph, or constants. */
final class InitialState {
  private final Call call;
  private final Constants constants;
  private final boolean batchFirst;

  /**
   * The states of one operator.
   *
   * @param batchFirst whether the batch is the first axis of a state
   */
  InitialState(Call call, Constants constants, boolean batchFirst) {
    this.call = call;
    this.constants = constants;
    this.batchFirst = batchFirst;
  }

  /** The names of the inputs of the graph that are states of the operator; none for most. */
  List<String> inputs(int... indices) {
    List<String> names = new ArrayList<>();
    for (int index : indices) {
      switch (call.input(index)) {
        case Value.GivenState(Chain.Source source) -> names.add(source.name());
        case Value.Unknown(Chain.Source source) -> names.add(source.name());
        case Value.Stream stream when stream.isInput() ->
            names.add(Chain.source(stream.chain()).name());
        case Value.Absent _, Value.Uniform _, Value.Constant _ -> {}
        default ->
            throw call.refusalOfPart(
                "an initial state that other layers compute, where lstm4j starts from constants or"
                    + " from the state that a session is given");
      }
    }
    return names;
  }

  /** The constant state of one direction, [hidden size]; {@code null} for zeros or an input. */
  StoredTensor constant(int index, int direction, RecurrentKind kind) {
    return switch (call.input(index)) {
      case Value.Uniform(double value) when value != 0 ->
          constants.uniform(value, kind.hiddenSize());
      case Value.Constant(StoredTensor tensor) when Constants.uniform(tensor).orElse(1.0) != 0 ->
          row(tensor, direction, kind);
      default -> null;
    };
  }

  private StoredTensor row(StoredTensor stored, int direction, RecurrentKind kind) {
    StoredTensor tensor = Constants.requireFloating(stored, call.node());
    long[] shape = tensor.shape();
    int directions = batchFirst ? 1 : 0;
    call.require(
        shape.length == 3
            && shape[directions] == kind.directions()
            && shape[1 - directions] > 0
            && shape[2] == kind.hiddenSize(),
        "an initial state %s, where it has %d direction(s) of %d units; the graph is damaged",
        tensor,
        kind.directions(),
        kind.hiddenSize());
    StoredTensor own = constants.sliced(tensor, directions, direction, 1, 1);
    requireEqualRows(own, kind.hiddenSize());
    long bytes = own.data().byteSize() / shape[1 - directions];
    return new StoredTensor(
        "",
        tensor.name(),
        tensor.dtype(),
        new long[] {kind.hiddenSize()},
        own.data().asSlice(0, bytes));
  }

  /** A session starts every batch row from the same state. */
  private void requireEqualRows(StoredTensor rows, int hiddenSize) {
    MemorySegment data = rows.data();
    long row = (long) hiddenSize * rows.dtype().bytes();
    long others = data.byteSize() - row;
    // Each row is like the one before it.
    call.require(
        MemorySegment.mismatch(data, row, row + others, data, 0, others) < 0,
        "a constant initial state that differs between batch rows; export the network with one"
            + " batch row, or with the state as an input");
  }
}
