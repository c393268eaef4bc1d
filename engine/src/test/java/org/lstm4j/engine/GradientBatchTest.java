// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
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
      GradientWindow window = GradientWindow.random(network, STEPS, BATCH, lengths);
      window.goThrough(together);
      State starts = together.initialStateGradient();
      for (int row = 0; row < BATCH; row++) {
        alone.state(State.initial(network, 1));
        GradientWindow ofRow = window.row(row);
        ofRow.goThrough(alone);
        if (!network.takesTokens()) {
          float[] whole = window.inputGradient(together);
          float[] actual = Sequence.row(whole, row, BATCH, network.inputSize());
          float[] expected = Arrays.copyOf(ofRow.inputGradient(alone), actual.length);
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
      GradientWindow.copyRow(together.h(layer), h, together.hShape(layer), row, BATCH);
      assertArrayEquals(positive(alone.h(layer)), positive(h), "h0 of row " + row);
      if (alone.hasCellState(layer)) {
        float[] c = new float[alone.c(layer).length];
        GradientWindow.copyRow(together.c(layer), c, together.cShape(layer), row, BATCH);
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
      GradientWindow window = GradientWindow.random(network, STEPS, BATCH, LENGTHS);
      window.goThrough(expected);
      GradientWindow.spoil(network, STEPS, BATCH, actual);
      GradientWindow spoilt = window.spoiltBeyondLengths();
      spoilt.goThrough(actual);

      assertSameGradients(network, expected, actual);
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
        GradientWindow window = GradientWindow.random(network, STEPS, BATCH, lengths);
        for (int i = 0; i < 2; i++) {
          window.goThrough(one);
          window.goThrough(two);
        }

        assertSameGradients(network, one, two);
        if (!network.takesTokens()) {
          assertArrayEquals(window.inputGradient(one), window.inputGradient(two));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void gradientsAreThoseOfAllWindowsSinceTheyWereCleared(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        GradientSession session = new GradientSession(network, OPTIONS)) {
      GradientWindow window = GradientWindow.random(network, STEPS, BATCH, LENGTHS);
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
