// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.training.GradientSession;
import org.lstm4j.engine.training.TrainingMemory;

/** Off-heap memory of what learns: its figures, beside formulas. */
class TrainingMemoryTest {
  private static final int BATCH = 32;
  private static final int STEPS = 35;
  private static final int ROWS = BATCH * STEPS;
  private static final int UNITS = 241;

  /** What a row of so many units takes, a vector's room behind it included. */
  private static final int ROW = 256;

  private static final SessionOptions OPTIONS =
      SessionOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS);

  private static Network network(Layer... layers) {
    return RandomWeights.build(Network.builder().add(layers), 1);
  }

  private static TrainingMemory memory(boolean recompute, Layer... layers) {
    try (Network network = network(layers);
        GradientSession session = new GradientSession(network, OPTIONS, recompute)) {
      return session.memory();
    }
  }

  static Stream<Layer.Recurrent> cells() {
    return Stream.of(
        Layer.Lstm.of("lstm", UNITS, UNITS),
        new Layer.Lstm("two", UNITS, UNITS, 2, true, true, 0, false),
        new Layer.Lstm("projected", UNITS, UNITS, 1, true, true, 20, false),
        Layer.Gru.of("gru", UNITS, UNITS));
  }

  /** How gates are padded depends on lanes. */
  private static void assertNear(long expected, long actual) {
    assertTrue(Math.abs(expected - actual) * 100 <= 3 * expected, actual + " for " + expected);
  }

  @Test
  void anLstmKeepsItsInputGatesCellStatesAndOutput() {
    long kept = memory(false, Layer.Lstm.of("lstm", UNITS, UNITS)).activations();

    long gates = 4 * ROW + 16;
    long floats = ROWS * (ROW + gates + ROW + ROW);
    long state = 4L * BATCH * ROW;
    assertNear((floats + state) * Float.BYTES, kept);
  }

  @Test
  void anLstmThatRecomputesKeepsItsInputOutputAndSomeCellStates() {
    long kept = memory(true, Layer.Lstm.of("lstm", UNITS, UNITS)).activations();

    long segments = Math.ceilDiv(STEPS, 384 / BATCH);
    long floats = ROWS * (ROW + ROW) + segments * BATCH * ROW;
    long state = 4L * BATCH * ROW;
    assertNear((floats + state) * Float.BYTES, kept);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void recomputingTakesLessThanHalf(Layer.Recurrent cell) {
    TrainingMemory keeps = memory(false, cell);
    TrainingMemory recomputes = memory(true, cell);

    assertTrue(recomputes.activations() * 2 < keeps.activations(), keeps + " " + recomputes);
    assertTrue(recomputes.total() < keeps.total(), keeps + " " + recomputes);
    assertEquals(keeps.weights(), recomputes.weights());
  }

  @Test
  void aPlainRnnKeepsItsInputAndOutputAlone() {
    Layer.Rnn rnn = Layer.Rnn.of("rnn", UNITS, UNITS);

    assertEquals(memory(true, rnn), memory(false, rnn));
    long state = 2L * BATCH * ROW;
    assertEquals((ROWS * 2L * ROW + state) * Float.BYTES, memory(false, rnn).activations());
  }
}
