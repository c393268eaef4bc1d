// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.onnx.OnnxNode;

/** The recurrent operators. One for each evaluation. */
final class Recurrence {
  private static final int X = 0;
  private static final int W = 1;
  private static final int R = 2;
  private static final int B = 3;
  private static final int LENGTHS = 4;
  private static final int INITIAL_H = 5;
  private static final int INITIAL_C = 6;
  private static final int P = 7;

  /** Where i, f, o are among ONNX's i, o, f. */
  private static final int[] PEEPHOLE_ORDER = {0, 2, 1};

  private static final Set<String> DIRECTIONS = Set.of("forward", "reverse", "bidirectional");

  /** So that the rows of all gates of both directions can be counted. */
  private static final int MAX_SIZE = Integer.MAX_VALUE / 16;

  private final Constants constants;
  private final Roles roles;

  /** What the graph is given besides the data. */
  private final Set<String> states;

  private final Set<String> lengths;

  /**
   * The operators of one evaluation.
   *
   * @param states where inputs that turn out to be initial states are added
   * @param lengths where inputs that turn out to be lengths of sequences are added
   */
  Recurrence(Constants constants, Roles roles, Set<String> states, Set<String> lengths) {
    this.constants = constants;
    this.roles = roles;
    this.states = states;
    this.lengths = lengths;
  }

  /** All time steps, the final hidden state, and for an LSTM the final cell state. */
  List<Value> apply(Call call) {
    Value.Stream x = input(call);
    boolean batchFirst = call.node().whole("layout", 0) == 1;
    Axis time = x.axes().get(batchFirst ? 1 : 0);
    Axis batch = x.axes().get(batchFirst ? 0 : 1);
    roles.bind(call, time, batch);
    Part.Recurrent part = part(call, new InitialState(call, constants, batchFirst));
    states.addAll(part.states());
    x = LayerInput.of(call, x, part.inputSize());
    checkLengths(call, time);
    boolean reverse = call.node().text("direction", "forward").equals("reverse");
    Chain before = reverse ? Chain.reversed(x.chain(), part.inputSize()) : x.chain();
    Chain state = new Chain.Link(before, part);
    Chain all = reverse ? Chain.reversed(state, part.outputSize()) : state;
    return outputs(all, state, part.kind(), new Place(time, batch, batchFirst));
  }

  private static Value.Stream input(Call call) {
    Value.Stream x =
        call.input(X) instanceof Value.Unknown(Chain.Source source)
            ? Movement.withRank(source, 3)
            : Value.stream(call.input(X), call.node().toString());
    call.require(x.axes().size() == 3, "an input of %d axes where it takes 3", x.axes().size());
    return x;
  }

  /** Which axes are the time steps and the batch, and which of them comes first. */
  private record Place(Axis time, Axis batch, boolean batchFirst) {}

  /**
   * What the operator gives.
   *
   * @param all what the output at all time steps came through
   * @param last what the final state came through
   */
  private static List<Value> outputs(Chain all, Chain last, RecurrentKind kind, Place place) {
    Atom direction = new Atom(kind.directions());
    Atom hidden = new Atom(kind.hiddenSize());
    List<Atom> features = List.of(direction, hidden);
    Axis directions = Axis.of(direction);
    Axis units = Axis.of(hidden);
    Chain state =
        new Chain.Link(last, new Part.FinalHidden(kind.outputSize(), kind.bidirectional()));
    return List.of(
        Value.Stream.whole(
            all,
            place.batchFirst()
                ? List.of(place.batch(), place.time(), directions, units)
                : List.of(place.time(), directions, place.batch(), units),
            features),
        Value.Stream.whole(
            state,
            place.batchFirst()
                ? List.of(place.batch(), directions, units)
                : List.of(directions, place.batch(), units),
            features),
        new Value.FinalState());
  }

  private void checkLengths(Call call, Axis time) {
    switch (call.input(LENGTHS)) {
      case Value.Absent _ -> {}
      case Value.Stream stream when stream.isInput() ->
          lengths.add(Chain.source(stream.chain()).name());
      case Value.GivenState(Chain.Source source) -> lengths.add(source.name());
      case Value.Unknown(Chain.Source source) -> lengths.add(source.name());
      default -> {
        boolean all =
            call.sizesIfAny(LENGTHS)
                .filter(sizes -> sizes.dims().stream().allMatch(dim -> isAll(dim, time)))
                .isPresent();
        call.require(
            all,
            "constant sequence_lens shorter than the sequence; export the network without them,"
                + " since lstm4j takes lengths with the sequences that it runs");
      }
    }
  }

  private static boolean isAll(Dim length, Axis time) {
    return length.known()
        ? time.size() < 0 || length.value() == time.size()
        : length.isSize() && Axis.solid(length.atoms()).equals(time.solid());
  }

  private Part.Recurrent part(Call call, InitialState initial) {
    OnnxNode node = call.node();
    String direction = node.text("direction", "forward");
    call.require(
        DIRECTIONS.contains(direction), "the direction '%s'; the graph is damaged", direction);
    StoredTensor w = weights(call, W, "W");
    StoredTensor r = weights(call, R, "R");
    boolean bidirectional = direction.equals("bidirectional");
    RecurrentKind kind =
        new RecurrentKind(
            CellReader.read(call, bidirectional ? 2 : 1, call.has(P)),
            size(call, r),
            call.has(B),
            bidirectional);
    call.require(
        node.whole("hidden_size", kind.hiddenSize()) == kind.hiddenSize(),
        "hidden_size %d but weights for %d; the graph is damaged",
        node.whole("hidden_size", kind.hiddenSize()),
        kind.hiddenSize());
    int input = size(call, w);
    int rows = kind.gateOrder().length * kind.hiddenSize();
    requireShape(call, w, kind.directions(), rows, input);
    requireShape(call, r, kind.directions(), rows, kind.hiddenSize());
    List<Part.Direction> directions = new ArrayList<>();
    for (int d = 0; d < kind.directions(); d++) {
      directions.add(
          new Part.Direction(
              weights(call, d, kind),
              initial.constant(INITIAL_H, d, kind),
              initial.constant(INITIAL_C, d, kind)));
    }
    return new Part.Recurrent(
        Names.of(node), kind, input, initial.inputs(INITIAL_H, INITIAL_C), directions);
  }

  private Map<String, StoredTensor> weights(Call call, int direction, RecurrentKind kind) {
    int[] order = kind.gateOrder();
    int hidden = kind.hiddenSize();
    Map<String, StoredTensor> weights = new HashMap<>();
    weights.put("weight_ih", gates(weights(call, W, "W"), direction, 0, order, hidden));
    weights.put("weight_hh", gates(weights(call, R, "R"), direction, 0, order, hidden));
    if (kind.bias()) {
      StoredTensor b = weights(call, B, "B");
      requireShape(call, b, kind.directions(), 2L * order.length * hidden);
      weights.put("bias_ih", gates(b, direction, 0, order, hidden));
      weights.put("bias_hh", gates(b, direction, (long) order.length * hidden, order, hidden));
    }
    if (call.has(P)) {
      StoredTensor p = weights(call, P, "P");
      requireShape(call, p, kind.directions(), 3L * hidden);
      weights.put("weight_peephole", gates(p, direction, 0, PEEPHOLE_ORDER, hidden));
    }
    if (CellReader.isForgetGateTied(call)) {
      tieForgetGate(weights, hidden);
    }
    return weights;
  }

  /** 1 - sigmoid(x) is sigmoid(-x): the forget gate becomes one with weights of its own. */
  private void tieForgetGate(Map<String, StoredTensor> weights, int hidden) {
    weights.replaceAll((name, tensor) -> {
      StoredTensor input = constants.sliced(tensor, 0, 0, 1, hidden);
      long others = tensor.shape()[0] - 2L * hidden;
      StoredTensor rest = constants.sliced(tensor, 0, 2L * hidden, 1, others);
      List<StoredTensor> rows =
          List.of(
              constants.scaled(input, 1), constants.scaled(input, -1), constants.scaled(rest, 1));
      return constants.joined(rows, 0);
    });
  }

  /**
   * The rows of all gates of one direction.
   *
   * @param skip rows of the direction before those of the first gate
   * @param order which gate comes first, second and so on
   */
  private StoredTensor gates(
      StoredTensor tensor, int direction, long skip, int[] order, int hidden) {
    long[] shape = tensor.shape();
    long columns = shape.length == 3 ? shape[2] : 1;
    StoredTensor rows = Constants.reshaped(tensor, shape[0] * shape[1], columns);
    List<StoredTensor> blocks = new ArrayList<>();
    for (int gate : order) {
      long from = direction * shape[1] + skip + (long) gate * hidden;
      blocks.add(constants.sliced(rows, 0, from, 1, hidden));
    }
    return constants.joined(blocks, 0);
  }

  private static StoredTensor weights(Call call, int index, String name) {
    return Constants.requireFloating(call.constant(index, "weights " + name), call.node());
  }

  /** The columns of a weight. */
  private static int size(Call call, StoredTensor weight) {
    long[] shape = weight.shape();
    call.require(
        shape.length == 3 && 0 < shape[2] && shape[2] <= MAX_SIZE,
        "weights %s, which are none of such an operator",
        weight);
    return (int) shape[2];
  }

  private static void requireShape(Call call, StoredTensor tensor, long... shape) {
    call.require(
        Arrays.equals(tensor.shape(), shape),
        "weights %s where it needs %s; the graph is damaged",
        tensor,
        Arrays.toString(shape));
  }
}
