// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.training.GradientSession;

/**
 * Gates that are computed again on the way back give the bits of those that are kept, in windows of
 * three segments, the last of them shorter.
 */
class GradientRecomputationTest {
  private static final int STEPS = 5;

  /** More than 384 / 3 rows, and so two steps a segment. */
  private static final int BATCH = 129;

  private static final int[] LENGTHS = new Random(3).ints(BATCH, 1, STEPS + 1).toArray();

  private static final SessionOptions OPTIONS =
      SessionOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS);

  /** Of the largest element: sums of rows in another order. */
  private static final double TOLERANCE = 1e-5;

  /** Each cell, and every way in which layers stand around one. */
  static Stream<NetworkCase> kinds() {
    Stream<NetworkCase> networks =
        NetworkCase.all()
            .filter(NetworkCase::learns)
            .filter(GradientRecomputationTest::isRecurrent)
            .filter(SessionAllocationTest::isAKind);
    return Stream.concat(CellCases.alone(), networks);
  }

  private static boolean isRecurrent(NetworkCase networkCase) {
    return networkCase.layers().stream()
        .flatMap(layer -> layer.leaves().stream())
        .anyMatch(Layer.Recurrent.class::isInstance);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void recomputedGatesGiveTheBitsOfKeptOnes(NetworkCase networkCase) {
    for (int[] lengths : new int[][] {null, LENGTHS}) {
      try (Network network = networkCase.build();
          GradientSession keeps = new GradientSession(network, OPTIONS);
          GradientSession recomputes = new GradientSession(network, OPTIONS, true)) {
        GradientWindow window = GradientWindow.random(network, STEPS, BATCH, lengths);
        for (int i = 0; i < 2; i++) {
          assertArrayEquals(window.goThrough(keeps), window.goThrough(recomputes));
          assertSame(window, keeps, recomputes);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anyNumberOfThreadsGivesTheBitsOfOne(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        GradientSession one = new GradientSession(network, OPTIONS, true);
        GradientSession two = new GradientSession(network, OPTIONS.withThreads(2), true)) {
      GradientWindow window = GradientWindow.random(network, STEPS, BATCH, LENGTHS);
      window.goThrough(one);
      window.goThrough(two);

      assertSame(window, one, two);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whatLiesBeyondALengthChangesNothing(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        GradientSession expected = new GradientSession(network, OPTIONS, true);
        GradientSession actual = new GradientSession(network, OPTIONS, true)) {
      GradientWindow window = GradientWindow.random(network, STEPS, BATCH, LENGTHS);
      window.goThrough(expected);
      GradientWindow.spoil(network, STEPS, BATCH, actual);
      window.spoiltBeyondLengths().goThrough(actual);

      assertSame(window, expected, actual);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theGradientsOfSeveralSegmentsAreThoseOfEachRowAlone(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        GradientSession together = new GradientSession(network, OPTIONS);
        GradientSession alone = new GradientSession(network, OPTIONS.withBatch(1))) {
      GradientWindow window = GradientWindow.random(network, STEPS, BATCH, LENGTHS);
      window.goThrough(together);
      for (int row = 0; row < BATCH; row++) {
        alone.state(State.initial(network, 1));
        window.row(row).goThrough(alone);
      }

      for (Parameter parameter : network.parameters()) {
        float[] expected = alone.gradient(parameter.name()).toArray();
        float[] actual = together.gradient(parameter.name()).toArray();
        assertArrayEquals(expected, actual, tolerance(expected), parameter.name());
      }
    }
  }

  private static float tolerance(float... expected) {
    double largest = 0.02;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    return (float) (TOLERANCE * largest);
  }

  private static void assertSame(
      GradientWindow window, GradientSession expected, GradientSession actual) {
    Network network = window.sequence().network();
    for (Parameter parameter : network.parameters()) {
      assertArrayEquals(
          expected.gradient(parameter.name()).toArray(),
          actual.gradient(parameter.name()).toArray(),
          parameter.name());
    }
    if (!network.takesTokens()) {
      assertArrayEquals(window.inputGradient(expected), window.inputGradient(actual));
    }
    assertSame(expected.state(), actual.state());
    assertSame(expected.initialStateGradient(), actual.initialStateGradient());
  }

  private static void assertSame(State expected, State actual) {
    for (String layer : expected.layers()) {
      assertArrayEquals(expected.h(layer), actual.h(layer), "h of " + layer);
      if (expected.hasCellState(layer)) {
        assertArrayEquals(expected.c(layer), actual.c(layer), "c of " + layer);
      }
    }
  }
}
