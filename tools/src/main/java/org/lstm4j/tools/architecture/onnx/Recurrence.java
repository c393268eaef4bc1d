// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
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
  Recurrence(
      Constants constants, Roles roles, Set<String> states, Set<String> lengths) {
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
    Part.Recurrent part = part(call);
    x = LayerInput.of(call, x, part.inputSize());
    checkLengths(call, time);
    checkInitialState(call, INITIAL_H);
    checkInitialState(call, INITIAL_C);
    return outputs(new Chain.Link(x.chain(), part), part.kind(), time, batch, batchFirst);
  }

  private static Value.Stream input(Call call) {
    Value.Stream x =
        call.input(X) instanceof Value.Unknown(Chain.Source source)
            ? Movement.withRank(source, 3)
            : Value.stream(call.input(X), call.node().toString());
    call.require(x.axes().size() == 3, "an input of %d axes where it takes 3", x.axes().size());
    return x;
  }

  private static List<Value> outputs(
      Chain chain, RecurrentKind kind, Axis time, Axis batch, boolean batchFirst) {
    Atom direction = new Atom(kind.directions());
    Atom hidden = new Atom(kind.hiddenSize());
    List<Atom> features = List.of(direction, hidden);
    Axis directions = Axis.of(direction);
    Axis last = Axis.of(hidden);
    Chain state =
        new Chain.Link(chain, new Part.FinalHidden(kind.outputSize(), kind.bidirectional()));
    return List.of(
        Value.Stream.whole(
            chain,
            batchFirst
                ? List.of(batch, time, directions, last)
                : List.of(time, directions, batch, last),
            features),
        Value.Stream.whole(
            state,
            batchFirst ? List.of(batch, directions, last) : List.of(directions, batch, last),
            features),
        new Value.FinalState());
  }

  private void checkLengths(Call call, Axis time) {
    switch (call.input(LENGTHS)) {
      case Value.Absent _ -> {}
      case Value.Stream stream when stream.isInput() -> lengths.add(Chain.source(stream.chain()).name());
      case Value.GivenState(Chain.Source source) -> lengths.add(source.name());
      case Value.Unknown(Chain.Source source) -> lengths.add(source.name());
      default -> {
        boolean all =
            call.sizesIfAny(LENGTHS)
                .filter(sizes -> sizes.dims().stream().allMatch(dim -> isAll(dim, time)))
                .isPresent();
        call.require(
            all, "sequence_lens shorter than the sequence; lstm4j runs all time steps given");
      }
    }
  }

  private static boolean isAll(Dim length, Axis time) {
    return length.known()
        ? time.size() < 0 || length.value() == time.size()
        : length.isSize() && Axis.solid(length.atoms()).equals(time.solid());
  }

  private void checkInitialState(Call call, int index) {
    switch (call.input(index)) {
      case Value.Absent _ -> {}
      case Value.Uniform(double value) when value == 0 -> {}
      case Value.Constant(StoredTensor tensor)
          when Constants.uniform(tensor).orElse(1.0) == 0 -> {}
      case Value.GivenState(Chain.Source source) -> states.add(source.name());
      case Value.Unknown(Chain.Source source) -> states.add(source.name());
      case Value.Stream stream when stream.isInput() -> states.add(Chain.source(stream.chain()).name());
      case Value.Uniform _, Value.Constant _ ->
          throw call.refusal(
              "an initial state that is constant and not zero, which is not supported yet;"
                  + " export the network without it, or with it as an input");
      default ->
          throw call.refusal(
              "an initial state that other layers compute; lstm4j starts from zeros or from the"
                  + " state that a session is given");
    }
  }

  private Part.Recurrent part(Call call) {
    OnnxNode node = call.node();
    checkAttributes(call);
    int gates = gates(node.operator());
    String direction = node.text("direction", "forward");
    call.require(
        direction.equals("forward") || direction.equals("bidirectional"),
        "the direction '%s', which is not supported; lstm4j runs forward or in both directions",
        direction);
    StoredTensor w = weights(call, W, "weights W");
    StoredTensor r = weights(call, R, "weights R");
    call.require(
        r.shape().length == 3 && r.shape()[2] > 0 && r.shape()[2] <= Integer.MAX_VALUE / 8,
        "weights %s, which are none of an %s",
        r,
        node.operator());
    int hidden = (int) r.shape()[2];
    boolean bias = call.has(B);
    RecurrentKind kind =
        new RecurrentKind(node.operator(), hidden, bias, direction.equals("bidirectional"));
    call.require(
        node.whole("hidden_size", hidden) == hidden,
        "hidden_size %d but weights for %d",
        node.whole("hidden_size", hidden),
        hidden);
    int input = Math.toIntExact(w.shape().length == 3 ? w.shape()[2] : 0);
    requireShape(call, w, kind.directions(), gates * hidden, input);
    requireShape(call, r, kind.directions(), gates * hidden, hidden);
    List<Map<String, StoredTensor>> weights = new ArrayList<>();
    for (int d = 0; d < kind.directions(); d++) {
      weights.add(weights(call, d, kind, input));
    }
    return new Part.Recurrent(Names.of(node), kind, input, weights);
  }

  private Map<String, StoredTensor> weights(
      Call call, int direction, RecurrentKind kind, int input) {
    int[] order = order(kind.operator());
    int hidden = kind.hiddenSize();
    int rows = order.length * hidden;
    Map<String, StoredTensor> weights = new HashMap<>();
    weights.put("weight_ih", gates(call.constant(W, "W"), direction, 0, order, hidden, input));
    weights.put("weight_hh", gates(call.constant(R, "R"), direction, 0, order, hidden, hidden));
    if (kind.bias()) {
      StoredTensor b = weights(call, B, "biases B");
      requireShape(call, b, kind.directions(), 2 * rows);
      weights.put("bias_ih", gates(b, direction, 0, order, hidden, 1));
      weights.put("bias_hh", gates(b, direction, rows, order, hidden, 1));
    }
    return weights;
  }

  /** The rows of all gates of one direction, in PyTorch's order of gates. */
  private StoredTensor gates(
      StoredTensor tensor, int direction, long skip, int[] order, int hidden, int columns) {
    StoredTensor rows =
        Constants.reshaped(tensor, tensor.size() / columns, columns);
    long begin = direction * (rows.shape()[0] / tensor.shape()[0]) + skip;
    List<StoredTensor> blocks = new ArrayList<>();
    for (int gate : order) {
      blocks.add(constants.sliced(rows, 0, begin + (long) gate * hidden, 1, hidden));
    }
    return constants.joined(blocks, 0);
  }

  private static StoredTensor weights(Call call, int index, String what) {
    return Constants.requireFloating(call.constant(index, what), call.node());
  }

  private static void requireShape(Call call, StoredTensor tensor, long... shape) {
    boolean fits = java.util.Arrays.equals(tensor.shape(), shape);
    call.require(
        fits && tensor.size() > 0,
        "weights %s where it needs %s; the file is damaged",
        tensor,
        java.util.Arrays.toString(shape));
  }

  private static int gates(String operator) {
    return order(operator).length;
  }

  /** Where PyTorch's gates are among ONNX's: i, f, g, o among i, o, f, c; r, z, n among z, r, h. */
  private static int[] order(String operator) {
    return switch (operator) {
      case "LSTM" -> new int[] {0, 2, 3, 1};
      case "GRU" -> new int[] {1, 0, 2};
      default -> new int[] {0};
    };
  }

  private static void checkAttributes(Call call) {
    OnnxNode node = call.node();
    call.require(
        node.operator().equals("LSTM"), "a cell that is not supported yet: lstm4j runs LSTMs");
    call.require(!call.has(P), "peepholes, which are not supported yet");
    call.require(!node.has("clip"), "a clip, which is not supported yet");
    call.require(
        node.whole("input_forget", 0) == 0,
        "input_forget, which is not supported: input and forget gate share their weights");
    List<String> usual = List.of("Sigmoid", "Tanh", "Tanh");
    node.texts("activations")
        .ifPresent(given -> {
          for (int i = 0; i < given.size(); i++) {
            call.require(
                given.get(i).equalsIgnoreCase(usual.get(i % usual.size())),
                "the activations %s, which are not supported yet",
                given);
          }
        });
  }
}
