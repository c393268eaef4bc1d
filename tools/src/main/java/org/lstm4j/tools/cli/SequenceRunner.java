// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.State;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.ElementType;
import org.lstm4j.tools.data.NdArray;

/**
 * Runs a network over named arrays, as an {@code .npz} file holds them, in PyTorch's shapes.
 *
 * <p>The input is {@code x} (vectors) or {@code tokens} (whole numbers), and optionally the initial
 * state {@code h0} and {@code c0}; the result is {@code out} and the final state {@code hn} and
 * {@code cn}. Where the network has several recurrent parts, the state of each is {@code h0|NAME}
 * and so on. An input without a batch axis gives results without one.
 *
 * <p>With {@code lengths} (whole numbers, [batch], in any order) the sequences of a batch end where
 * PyTorch's packed sequences do: the output is zero beyond a length, a final state is that at the
 * sequence's own end, and a backward direction begins there.
 *
 * <p>An instance may be used by many threads; each call makes a session of its own.
 */
public final class SequenceRunner {
  /** What a file that also holds references has beside the input. */
  private static final Pattern RESULT_KEY =
      Pattern.compile("(out|hn|cn)(_f32)?(\\|.*)?|w[ohc](\\|.*)?|grad[_.].*");

  /** What an array that is stored may hold. */
  private static final int MAX_ELEMENTS = (Integer.MAX_VALUE - 8) / Float.BYTES;

  private static final Pattern STATE_KEY = Pattern.compile("(h0|c0)(\\|.*)?");

  private final Network network;
  private final StateKeys keys;

  /** A runner of a network, which stays the caller's to close. */
  public SequenceRunner(Network network) {
    this.network = network;
    this.keys = StateKeys.of(network);
  }

  /** The key of the input that this network takes: {@code x} or {@code tokens}. */
  public String inputKey() {
    return network.takesTokens() ? "tokens" : "x";
  }

  /** What {@link #run} does to an input that its owner may not expect, each one sentence. */
  List<String> notes(NamedArrays input) {
    List<String> notes = new ArrayList<>();
    input
        .arrays()
        .forEach((key, array) -> {
          boolean rounded = key.equals(inputKey()) || STATE_KEY.matcher(key).matches();
          boolean used = rounded || key.equals(SequenceLengths.KEY);
          if (rounded && array.type() == ElementType.FLOAT64) {
            notes.add("%s: %s is rounded from float64 to float32".formatted(input.source(), key));
          } else if (!used && !RESULT_KEY.matcher(key).matches()) {
            notes.add(
                "%s: %s is no input of this network and is ignored".formatted(input.source(), key));
          }
        });
    return notes;
  }

  /**
   * Runs one batch of sequences.
   *
   * @param steps time steps of a one-to-many network; where empty, those it was made for
   * @return {@code out}, and {@code hn} and {@code cn} of each recurrent part
   * @throws ModelFormatException if an array is missing, or has a shape or type that the network
   *     cannot take
   */
  public NamedArrays run(NamedArrays input, OptionalInt steps) throws ModelFormatException {
    return run(input, shape(input, steps));
  }

  /**
   * Checks which arrays there are, and reads the shape of the input.
   *
   * @param steps as for {@link #run(NamedArrays, OptionalInt)}
   * @throws ModelFormatException if an array is missing, or the input has a shape that the network
   *     cannot take
   */
  public SequenceShape shape(NamedArrays input, OptionalInt steps) throws ModelFormatException {
    requireInput(input);
    requireKnownStates(input);
    return SequenceShape.of(network, input, inputKey(), steps);
  }

  /** Runs an input whose shape has been read. */
  NamedArrays run(NamedArrays input, SequenceShape shape) throws ModelFormatException {
    Optional<int[]> lengths = SequenceLengths.of(input, shape);
    float[] out = new float[outputElements(input, shape)];
    try (Session session = network.newSession(options(shape))) {
      session.setState(initialState(input, shape));
      run(session, input, shape, lengths.orElse(null), out);
      return results(input, shape, out, session.state());
    }
  }

  private void requireInput(NamedArrays input) throws ModelFormatException {
    if (input.find(inputKey()).isPresent()) {
      return;
    }
    throw input.fault(
        network.takesTokens()
            ? "holds no 'tokens'; store whole numbers from 0 to %d under that key"
                .formatted(network.inputSize() - 1)
            : "holds no 'x'; store vectors of %d features under that key"
                .formatted(network.inputSize()));
  }

  private void requireKnownStates(NamedArrays input) throws ModelFormatException {
    List<String> known = new ArrayList<>(keys.keys("h0"));
    known.addAll(keys.keys("c0"));
    for (String key : input.arrays().keySet()) {
      if (STATE_KEY.matcher(key).matches() && !known.contains(key)) {
        throw input.fault(
            key,
            "is the state of no recurrent part of this network; its states are %s",
            String.join(", ", known));
      }
    }
  }

  private int outputElements(NamedArrays input, SequenceShape shape) throws ModelFormatException {
    long[] axes = shape.output();
    double elements = Arrays.stream(axes).asDoubleStream().reduce(1, (a, b) -> a * b);
    if (elements > MAX_ELEMENTS) {
      throw input.fault(
          inputKey(),
          "gives an output of the shape %s, more than 2 GiB; run fewer time steps or batch rows",
          Arrays.toString(axes));
    }
    return (int) elements;
  }

  private SessionOptions options(SequenceShape shape) {
    SessionOptions options = SessionOptions.defaults().withBatch(shape.batch());
    return options.withMaxSteps(
        network.needsWholeSequence() ? shape.steps() : Math.min(shape.steps(), options.maxSteps()));
  }

  /**
   * The state that a sequence begins with: the network's own where the input does not give it.
   *
   * @throws ModelFormatException if a state that is given has another shape than the network's
   */
  public State initialState(NamedArrays input, SequenceShape shape) throws ModelFormatException {
    State state = State.initial(network, shape.batch());
    for (String part : keys.parts()) {
      String h0 = keys.key("h0", part);
      copyState(input, h0, shape.state(state.hShape(part)), state.h(part));
      if (state.hasCellState(part)) {
        String c0 = keys.key("c0", part);
        if (input.find(h0).isPresent() != input.find(c0).isPresent()) {
          throw input.fault(
              "holds only one of %s and %s; give both or none of them".formatted(h0, c0));
        }
        copyState(input, c0, shape.state(state.cShape(part)), state.c(part));
      }
    }
    return state;
  }

  private static void copyState(NamedArrays input, String key, long[] shape, float[] target)
      throws ModelFormatException {
    if (input.find(key).isPresent()) {
      input.requireShape(key, shape);
      System.arraycopy(input.arrays().get(key).floats(), 0, target, 0, target.length);
    }
  }

  /** Runs the input, with a length for each batch row or {@code null}. */
  private void run(
      Session session, NamedArrays input, SequenceShape shape, int[] lengths, float[] out)
      throws ModelFormatException {
    NdArray array = input.arrays().get(inputKey());
    int steps = shape.steps();
    if (network.takesTokens()) {
      int[] tokens = tokens(input);
      if (lengths == null) {
        session.run(tokens, steps, out);
      } else {
        session.run(tokens, steps, lengths, out);
      }
    } else if (lengths == null) {
      session.run(array.floats(), steps, out);
    } else {
      session.run(array.floats(), steps, lengths, out);
    }
  }

  /**
   * The input of a network that takes tokens.
   *
   * @throws ModelFormatException if one is none of the network's
   */
  int[] tokens(NamedArrays input) throws ModelFormatException {
    int[] tokens = input.arrays().get(inputKey()).ints();
    for (int token : tokens) {
      if (token < 0 || token >= network.inputSize()) {
        throw input.fault(
            inputKey(),
            "holds %d, but this network takes tokens from 0 to %d",
            token,
            network.inputSize() - 1);
      }
    }
    return tokens;
  }

  private NamedArrays results(NamedArrays input, SequenceShape shape, float[] out, State state) {
    Map<String, NdArray> results = new LinkedHashMap<>();
    results.put("out", NdArray.of(out, shape.output()));
    for (String part : keys.parts()) {
      results.put(keys.key("hn", part), NdArray.of(state.h(part), shape.state(state.hShape(part))));
      if (state.hasCellState(part)) {
        results.put(
            keys.key("cn", part), NdArray.of(state.c(part), shape.state(state.cShape(part))));
      }
    }
    return new NamedArrays(input.source(), results);
  }
}
