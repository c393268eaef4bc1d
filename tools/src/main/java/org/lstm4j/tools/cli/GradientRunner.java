// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.State;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.training.GradientSession;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.data.NdArray;

/**
 * Goes forward and back through a network over named arrays: the input as {@link SequenceRunner}
 * takes it, and the weights {@code wo}, {@code wh} and {@code wc} of the loss {@code sum(out * wo)
 * + sum(hn * wh) + sum(cn * wc)}, in the shapes of what they weigh. Only an LSTM has {@code wc};
 * {@code wh|NAME} and {@code wc|NAME} where the network has several recurrent parts.
 *
 * <p>An instance may be used by many threads; each call makes a session of its own.
 */
final class GradientRunner {
  /** Before the name of a parameter. */
  static final String PARAMETER = "grad.";

  private final Network network;
  private final SequenceRunner runner;
  private final StateKeys keys;

  /** A runner of a network, which stays the caller's to close. */
  GradientRunner(Network network) {
    this.network = network;
    this.runner = new SequenceRunner(network);
    this.keys = StateKeys.of(network);
  }

  /**
   * Runs one batch of sequences forward and back. What {@code wo} holds beyond a length counts for
   * nothing.
   *
   * @return {@code grad_x} unless the network takes tokens, {@code grad_h0} and {@code grad_c0} of
   *     each recurrent part, and {@code grad.NAME} of each parameter
   * @throws ModelFormatException if an array is missing, or has a shape or type that does not fit
   * @throws IllegalArgumentException if the network cannot go back
   */
  NamedArrays run(NamedArrays input, SequenceShape shape) throws ModelFormatException {
    Optional<int[]> lengths = SequenceLengths.of(input, shape);
    float[] outputGradient = weights(input, "wo", shape.output()).floats();
    State stateGradient = stateGradient(input, shape);
    SessionOptions options =
        SessionOptions.defaults().withBatch(shape.batch()).withMaxSteps(shape.steps());
    try (GradientSession session = new GradientSession(network, options)) {
      session.state(runner.initialState(input, shape));
      forward(session, input, shape, lengths.orElse(null));
      session.backward(outputGradient, stateGradient);
      return results(session, input, shape);
    }
  }

  private void forward(
      GradientSession session, NamedArrays input, SequenceShape shape, int[] lengths)
      throws ModelFormatException {
    float[] out = new float[input.arrays().get("wo").size()];
    if (network.takesTokens()) {
      session.run(runner.tokens(input), shape.steps(), lengths, out);
    } else {
      session.run(input.arrays().get(runner.inputKey()).floats(), shape.steps(), lengths, out);
    }
  }

  /** The gradient of the loss with respect to the final state is its weights. */
  private State stateGradient(NamedArrays input, SequenceShape shape) throws ModelFormatException {
    State gradient = State.zeros(network, shape.batch());
    for (String part : keys.parts()) {
      copy(
          weights(input, keys.key("wh", part), shape.state(gradient.hShape(part))),
          gradient.h(part));
      if (gradient.hasCellState(part)) {
        copy(
            weights(input, keys.key("wc", part), shape.state(gradient.cShape(part))),
            gradient.c(part));
      }
    }
    return gradient;
  }

  private static void copy(NdArray from, float[] to) throws ModelFormatException {
    System.arraycopy(from.floats(), 0, to, 0, to.length);
  }

  private static NdArray weights(NamedArrays input, String key, long[] shape)
      throws ModelFormatException {
    if (input.find(key).isEmpty()) {
      throw input.fault(
          "holds no '%s'; store the weights of the loss, sum(out*wo) + sum(hn*wh) + sum(cn*wc), in"
                  .formatted(key)
              + " the shapes of what they weigh");
    }
    input.requireShape(key, shape);
    return input.arrays().get(key);
  }

  private NamedArrays results(GradientSession session, NamedArrays input, SequenceShape shape) {
    Map<String, NdArray> results = new LinkedHashMap<>();
    if (!network.takesTokens()) {
      NdArray x = input.arrays().get(runner.inputKey());
      float[] gradient = new float[x.size()];
      session.inputGradient(gradient);
      results.put("grad_x", NdArray.of(gradient, x.shape()));
    }
    State state = session.initialStateGradient();
    for (String part : keys.parts()) {
      results.put(
          keys.key("grad_h0", part), NdArray.of(state.h(part), shape.state(state.hShape(part))));
      if (state.hasCellState(part)) {
        results.put(
            keys.key("grad_c0", part), NdArray.of(state.c(part), shape.state(state.cShape(part))));
      }
    }
    for (Parameter parameter : network.parameters()) {
      Tensor gradient = session.gradient(parameter.name());
      results.put(
          PARAMETER + parameter.name(), NdArray.of(gradient.toArray(), parameter.shapeArray()));
    }
    return new NamedArrays(input.source(), results);
  }
}
