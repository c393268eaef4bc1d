// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine against double precision. With e the largest error of plain float arithmetic on the
 * same case, the engine's is at most 2 e + 2^-22 max(1, largest magnitude of the reference).
 */
@Tag("numeric")
class NetworkOracleTest {
  private static final int STEPS = 12;
  private static final int BATCH = 2;
  private static final int RANDOM_CASES = 30;

  static Stream<NetworkCase> networks() {
    return Stream.concat(NetworkCase.all(), randomLstms());
  }

  /** LSTMs of random sizes and options. */
  private static Stream<NetworkCase> randomLstms() {
    Random random = new Random(2015);
    return Stream.generate(() -> randomLstm(random)).limit(RANDOM_CASES);
  }

  private static NetworkCase randomLstm(Random random) {
    int hiddenSize = 2 + random.nextInt(30);
    int projSize = random.nextBoolean() ? 0 : 1 + random.nextInt(hiddenSize - 1);
    Layer.Lstm lstm =
        new Layer.Lstm(
            "lstm",
            1 + random.nextInt(24),
            hiddenSize,
            1 + random.nextInt(3),
            random.nextBoolean(),
            random.nextBoolean(),
            projSize,
            false);
    return NetworkCase.of(lstm.toString(), lstm);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void outputsAndFinalStatesAreThoseOfDoublePrecision(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session session = network.newSession(SessionOptions.defaults().withBatch(BATCH))) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 8);
      ReferenceNetwork exact = reference(networkCase, network, DoubleUnaryOperator.identity());
      ReferenceNetwork rounded = reference(networkCase, network, NetworkOracleTest::toFloat);

      assertClose("output", exact.run(sequence), rounded.run(sequence), sequence.run(session));

      State state = session.state();
      for (String layer : state.layers()) {
        assertClose("h", exact.h(layer), rounded.h(layer), state.h(layer));
        if (state.hasCellState(layer)) {
          assertClose("c", exact.c(layer), rounded.c(layer), state.c(layer));
        }
      }
    }
  }

  private static ReferenceNetwork reference(
      NetworkCase networkCase, Network network, DoubleUnaryOperator precision) {
    return new ReferenceNetwork(network, networkCase.weights(), BATCH, precision);
  }

  private static double toFloat(double x) {
    return (float) x;
  }

  private static void assertClose(String what, double[] exact, double[] rounded, float[] actual) {
    assertEquals(exact.length, actual.length, what);
    double error = 0;
    double plainError = 0;
    for (int i = 0; i < exact.length; i++) {
      error = Math.max(error, Math.abs(exact[i] - actual[i]));
      plainError = Math.max(plainError, Math.abs(exact[i] - rounded[i]));
    }
    double magnitude = Arrays.stream(exact).map(Math::abs).max().orElse(0);
    double bound = 2 * plainError + 0x1p-22 * Math.max(1, magnitude);
    String message =
        "%s: error %.3g, plain float's %.3g, bound %.3g".formatted(what, error, plainError, bound);
    assertTrue(error <= bound, message);
  }
}
