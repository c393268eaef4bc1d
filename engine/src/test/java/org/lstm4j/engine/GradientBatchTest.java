// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.training.GradientSession;

/** Gradients of batches, of sequences of one length and of different ones. */
@Tag("numeric")
@Tag("composition")
class GradientBatchTest {
  private static final int STEPS = 6;
  private static final int[] LENGTHS = {3, 6, 1, 4};
  private static final int BATCH = LENGTHS.length;
  private static final SessionOptions OPTIONS =
      SessionOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS);

  /** Of the largest element: sums of rows in another order. */
  private static final double TOLERANCE = 4e-6;

  static Stream<NetworkCase> networks() {
    return NetworkCase.all().filter(NetworkCase::learns);
  }

  /** A window that went forward and back, with gradients at random. */
  private record Window(Sequence sequence, int[] lengths, float[] ofOutput, State ofState) {
    static Window random(Network network, int... lengths) {
      Random random = new Random(4);
      int steps = network.readout().isPresent() ? 1 : STEPS;
      float[] ofOutput = RandomWeights.floats(steps * BATCH * network.outputSize(), 1, random);
      State ofState = State.zeros(network, BATCH);
      for (String layer : ofState.layers()) {
        fill(ofState.h(layer), random);
        if (ofState.hasCellState(layer)) {
          fill(ofState.c(layer), random);
        }
      }
      return new Window(Sequence.random(network, STEPS, BATCH, 5), lengths, ofOutput, ofState);
    }

    private static void fill(float[] values, Random random) {
      float[] chosen = RandomWeights.floats(values.length, 1, random);
      System.arraycopy(chosen, 0, values, 0, values.length);
    }

    /** One batch row alone, cut to its length. */
    Window row(int batchRow) {
      Network network = sequence.network();
      int length = lengths == null ? STEPS : lengths[batchRow];
      Sequence row = sequence.row(batchRow);
      Sequence cut =
          network.oneToMany().isPresent()
              ? new Sequence(network, length, 1, row.vectors(), row.tokens())
              : row.steps(0, length);
      int features = network.outputSize();
      float[] ofRow = Sequence.row(ofOutput, batchRow, BATCH, features);
      int outputSteps = network.readout().isPresent() ? 1 : length;
      State state = State.zeros(network, 1);
      for (String layer : state.layers()) {
        copyRow(ofState.h(layer), state.h(layer), ofState.hShape(layer), batchRow);
        if (state.hasCellState(layer)) {
          copyRow(ofState.c(layer), state.c(layer), ofState.cShape(layer), batchRow);
        }
      }
      return new Window(cut, null, Arrays.copyOf(ofRow, outputSteps * features), state);
    }

    private static void copyRow(float[] from, float[] to, long[] shape, int batchRow) {
      int features = (int) shape[shape.length - 1];
      System.arraycopy(Sequence.row(from, batchRow, BATCH, features), 0, to, 0, to.length);
    }

    void goThrough(GradientSession session) {
      float[] ys = new float[ofOutput.length];
      if (sequence.tokens() != null) {
        session.run(sequence.tokens(), sequence.steps(), lengths, ys);
      } else {
        session.run(sequence.vectors(), sequence.steps(), lengths, ys);
      }
      session.backward(ofOutput, ofState);
    }
  }

  private static float[] inputGradient(GradientSession session, Window window) {
    float[] gradient = new float[window.sequence.vectors().length];
    session.inputGradient(gradient);
    return gradient;
  }

  @ParameterizedTest
  @MethodSource("networks")
  void sequencesOfOneLengthEqualEachAlone(NetworkCase networkCase) {
    assertEachAlone(networkCase, (int[]) null);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void sequencesOfDifferentLengthsEqualEachAlone(NetworkCase networkCase) {
    assertEachAlone(networkCase, LENGTHS);
  }

  /** Gradients of inputs and states to the bit, those of weights as sums. */
  private static void assertEachAlone(NetworkCase networkCase, int... lengths) {
    try (Network network = networkCase.build();
        GradientSession together = new GradientSession(network, OPTIONS);
        GradientSession alone = new GradientSession(network, OPTIONS.withBatch(1))) {
      Window window = Window.random(network, lengths);
      window.goThrough(together);
      State starts = together.initialStateGradient();
      for (int row = 0; row < BATCH; row++) {
        alone.state(State.initial(network, 1));
        Window ofRow = window.row(row);
        ofRow.goThrough(alone);
        if (!network.takesTokens()) {
          float[] whole = inputGradient(together, window);
          float[] actual = Sequence.row(whole, row, BATCH, network.inputSize());
          float[] expected = Arrays.copyOf(inputGradient(alone, ofRow), actual.length);
          assertArrayEquals(positive(expected), positive(actual), "input of row " + row);
        }
        assertStates(starts, alone.initialStateGradient(), row);
      }
      for (Parameter parameter : network.parameters()) {
        float[] sum = alone.gradient(parameter.name()).toArray();
        assertClose(parameter.name(), sum, together.gradient(parameter.name()).toArray());
      }
    }
  }

  private static void assertStates(State together, State alone, int row) {
    for (String layer : alone.layers()) {
      float[] h = new float[alone.h(layer).length];
      Window.copyRow(together.h(layer), h, together.hShape(layer), row);
      assertArrayEquals(positive(alone.h(layer)), positive(h), "h0 of row " + row);
      if (alone.hasCellState(layer)) {
        float[] c = new float[alone.c(layer).length];
        Window.copyRow(together.c(layer), c, together.cShape(layer), row);
        assertArrayEquals(positive(alone.c(layer)), positive(c), "c0 of row " + row);
      }
    }
  }

  /** -0 as 0. */
  private static float[] positive(float... values) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i] + 0f;
    }
    return result;
  }

  private static void assertClose(String what, float[] expected, float[] actual) {
    double largest = 0.02;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertArrayEquals(expected, actual, (float) (TOLERANCE * largest), what);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void whatLiesBeyondALengthChangesNothing(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        GradientSession expected = new GradientSession(network, OPTIONS);
        GradientSession actual = new GradientSession(network, OPTIONS)) {
      Window window = Window.random(network, LENGTHS);
      window.goThrough(expected);
      spoil(actual, network);
      Window spoilt = Window.random(network, LENGTHS);
      if (network.oneToMany().isEmpty() && !network.takesTokens()) {
        spoil(spoilt.sequence.vectors(), network.inputSize());
      }
      if (network.readout().isEmpty()) {
        spoil(spoilt.ofOutput, network.outputSize());
      }
      spoilt.goThrough(actual);

      assertSameGradients(network, expected, actual);
    }
  }

  /** Leaves NaN wherever a session keeps something. */
  private static void spoil(GradientSession session, Network network) {
    Window window = Window.random(network, (int[]) null);
    if (!network.takesTokens()) {
      Arrays.fill(window.sequence.vectors(), Float.NaN);
    }
    Arrays.fill(window.ofOutput, Float.NaN);
    window.goThrough(session);
    session.clearGradients();
    session.state(State.initial(network, BATCH));
  }

  private static void spoil(float[] values, int features) {
    for (int i = 0; i < values.length; i++) {
      int step = i / features / BATCH;
      if (step >= LENGTHS[i / features % BATCH]) {
        values[i] = Float.NaN;
      }
    }
  }

  private static void assertSameGradients(
      Network network, GradientSession expected, GradientSession actual) {
    for (Parameter parameter : network.parameters()) {
      assertArrayEquals(
          expected.gradient(parameter.name()).toArray(),
          actual.gradient(parameter.name()).toArray(),
          parameter.name());
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void anyNumberOfThreadsGivesTheBitsOfOne(NetworkCase networkCase) {
    for (int[] lengths : new int[][] {null, LENGTHS}) {
      try (Network network = networkCase.build();
          GradientSession one = new GradientSession(network, OPTIONS);
          GradientSession two = new GradientSession(network, OPTIONS.withThreads(2))) {
        Window window = Window.random(network, lengths);
        for (int i = 0; i < 2; i++) {
          window.goThrough(one);
          window.goThrough(two);
        }

        assertSameGradients(network, one, two);
        if (!network.takesTokens()) {
          assertArrayEquals(inputGradient(one, window), inputGradient(two, window));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void gradientsAreThoseOfAllWindowsSinceTheyWereCleared(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        GradientSession session = new GradientSession(network, OPTIONS)) {
      Window window = Window.random(network, LENGTHS);
      window.goThrough(session);
      Parameter parameter = network.parameters().isEmpty() ? null : network.parameters().getFirst();
      if (parameter != null) {
        float[] once = session.gradient(parameter.name()).toArray();
        session.state(State.initial(network, BATCH));
        window.goThrough(session);
        float[] twice = session.gradient(parameter.name()).toArray();
        for (int i = 0; i < once.length; i++) {
          assertEquals(2 * once[i], twice[i], 1e-4, parameter.name());
        }
        session.clearGradients();
        session.state(State.initial(network, BATCH));
        window.goThrough(session);
        assertArrayEquals(once, session.gradient(parameter.name()).toArray());
      }
    }
  }
}
