// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Streaming equals the whole sequence to the last bit: for every cell in every form, alone and with
 * layer norms and a residual around it, in every storage of weights.
 */
@Tag("numeric")
@Tag("composition")
class SessionStreamingTest {
  private static final int STEPS = 11;
  private static final int BATCH = 3;

  static Stream<Arguments> cellsAndStorages() {
    return Stream.concat(CellCases.alone(), CellCases.amongOtherLayers())
        .flatMap(cell ->
            Arrays.stream(WeightStorage.values()).map(storage -> Arguments.of(cell, storage)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cellsAndStorages")
  void timeStepsOneByOneEqualTheWholeSequence(NetworkCase cell, WeightStorage storage) {
    try (Network network = cell.build();
        Session whole = network.newSession(options(storage));
        Session stream = network.newSession(options(storage))) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 41);
      float[] expected = sequence.run(whole);
      float[] actual = new float[expected.length];
      int stepSize = expected.length / STEPS;
      for (int t = 0; t < STEPS; t++) {
        float[] y = sequence.steps(t, t + 1).step(stream);
        System.arraycopy(y, 0, actual, t * stepSize, stepSize);
      }
      assertArrayEquals(expected, actual);
      assertSameState(whole.state(), stream.state());
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cellsAndStorages")
  void chunksOfAnySizeEqualTheWholeSequence(NetworkCase cell, WeightStorage storage) {
    try (Network network = cell.build();
        Session whole = network.newSession(options(storage));
        Session stream = network.newSession(options(storage))) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 42);
      float[] expected = sequence.run(whole);
      for (int chunk : new int[] {1, 2, 3, 5, STEPS - 1}) {
        stream.reset();
        assertArrayEquals(expected, inChunks(stream, sequence, chunk), "chunks of " + chunk);
        assertSameState(whole.state(), stream.state());
      }
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cellsAndStorages")
  void sessionsThatComputeFewStepsAtOnceEqualThoseThatComputeAll(
      NetworkCase cell, WeightStorage storage) {
    try (Network network = cell.build();
        Session whole = network.newSession(options(storage))) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 43);
      float[] expected = sequence.run(whole);
      for (int maxSteps : new int[] {1, 2, 4}) {
        try (Session few = network.newSession(options(storage).withMaxSteps(maxSteps))) {
          assertArrayEquals(expected, sequence.run(few), maxSteps + " steps at once");
          assertSameState(whole.state(), few.state());
        }
      }
    }
  }

  private static SessionOptions options(WeightStorage storage) {
    return SessionOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS).withWeights(storage);
  }

  private static float[] inChunks(Session session, Sequence sequence, int chunk) {
    float[] ys = new float[STEPS * BATCH * session.network().outputSize()];
    int written = 0;
    for (int from = 0; from < STEPS; from += chunk) {
      float[] part = sequence.steps(from, Math.min(from + chunk, STEPS)).run(session);
      System.arraycopy(part, 0, ys, written, part.length);
      written += part.length;
    }
    assertEquals(ys.length, written);
    return ys;
  }

  private static void assertSameState(State expected, State actual) {
    for (String layer : expected.layers()) {
      assertArrayEquals(expected.h(layer), actual.h(layer), "h of " + layer);
      if (expected.hasCellState(layer)) {
        assertArrayEquals(expected.c(layer), actual.c(layer), "c of " + layer);
      }
    }
  }
}
