// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.GruForm;
import org.lstm4j.engine.LstmForm;
import org.lstm4j.tools.checkpoint.onnx.OnnxNode;

/** Reads from a recurrent operator's attributes what its cell computes. Used once. */
final class CellReader {
  private final Call call;
  private final OnnxNode node;
  private final float clip;

  private CellReader(Call call) {
    this.call = call;
    this.node = call.node();
    this.clip = node.real("clip", 0);
    call.require(0 <= clip && clip <= Float.MAX_VALUE, "a clip of %s, which is none", clip);
  }

  /**
   * The cell.
   *
   * @param directions 1 or 2
   * @param peepholes whether there are weights for them
   */
  static RecurrentKind.Cell read(Call call, int directions, boolean peepholes) {
    CellReader reader = new CellReader(call);
    return switch (call.node().operator()) {
      case "LSTM" -> reader.lstm(directions, peepholes);
      case "GRU" -> reader.gru(directions);
      default -> reader.rnn(directions);
    };
  }

  private RecurrentKind.Cell lstm(int directions, boolean peepholes) {
    List<ActivationFunction> functions = functions(directions, List.of("Sigmoid", "Tanh", "Tanh"));
    call.require(
        !isForgetGateTied(call) || isMirrored(functions.get(0)),
        "input_forget, a forget gate of 1 less the input gate, and another function than Sigmoid;"
            + " export the network with a forget gate of its own");
    return new RecurrentKind.Lstm(
        new LstmForm(peepholes, true, functions.get(0), functions.get(1), functions.get(2), clip));
  }

  /** Whether the forget gate is 1 - i, rather than one with weights of its own. */
  static boolean isForgetGateTied(Call call) {
    return call.node().operator().equals("LSTM") && call.node().whole("input_forget", 0) != 0;
  }

  /** Whether 1 - f(x) is f(-x). */
  private static boolean isMirrored(ActivationFunction function) {
    return function instanceof ActivationFunction.Sigmoid
        || (function instanceof ActivationFunction.HardSigmoid hard && hard.beta() == 0.5f);
  }

  private RecurrentKind.Cell gru(int directions) {
    List<ActivationFunction> functions = functions(directions, List.of("Sigmoid", "Tanh"));
    boolean resetAfter = node.whole("linear_before_reset", 0) != 0;
    return new RecurrentKind.Gru(new GruForm(resetAfter, functions.get(0), functions.get(1), clip));
  }

  private RecurrentKind.Cell rnn(int directions) {
    call.require(clip == 0, "a clip, which lstm4j has for LSTM and GRU only");
    return new RecurrentKind.Rnn(functions(directions, List.of("Tanh")).getFirst());
  }

  /** The functions of one direction; the other one must have the same. */
  private List<ActivationFunction> functions(int directions, List<String> usual) {
    List<String> names =
        node.texts("activations")
            .filter(given -> !given.isEmpty())
            .orElseGet(() ->
                Collections.nCopies(directions, usual).stream().flatMap(List::stream).toList());
    call.require(
        names.size() == directions * usual.size(),
        "%d activations where it has %d; the graph is damaged",
        names.size(),
        directions * usual.size());
    Numbers alphas = new Numbers(node.reals("activation_alpha"), names.size());
    Numbers betas = new Numbers(node.reals("activation_beta"), names.size());
    List<ActivationFunction> functions = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      functions.add(ActivationFunctions.of(call, names.get(i), i, alphas, betas));
    }
    List<ActivationFunction> forward = functions.subList(0, usual.size());
    call.require(
        Collections.nCopies(directions, forward).stream()
            .flatMap(List::stream)
            .toList()
            .equals(functions),
        "other activations in its two directions, which is not supported");
    return forward;
  }

  /**
   * The numbers of a list of functions: for each function, or only for each that has such a number.
   * Used once, from the first function to the last.
   */
  static final class Numbers {
    private final List<Float> values;
    private final boolean forEach;
    private int next;

    private Numbers(List<Float> values, int functions) {
      this.values = values;
      this.forEach = values.size() == functions;
    }

    /** The number of a function that has one. */
    float of(int function, float defaultValue) {
      int index = forEach ? function : next++;
      return index < values.size() ? values.get(index) : defaultValue;
    }
  }
}
