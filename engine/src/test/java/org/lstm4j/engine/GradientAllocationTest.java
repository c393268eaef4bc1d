// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.kernel.OrdinaryStart;
import org.lstm4j.engine.training.GradientSession;

/** Once warm, a window there and back allocates nothing: exactly 0 bytes. */
@ExtendWith(OrdinaryStart.class)
class GradientAllocationTest {
  private static final int STEPS = 6;
  private static final int[] LENGTHS = {6, 4};
  private static final int BATCH = LENGTHS.length;
  private static final int CALLS = 5;

  static Stream<NetworkCase> networks() {
    return NetworkCase.all().filter(NetworkCase::learns).filter(SessionAllocationTest::isAKind);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aWindowThereAndBackAllocatesNothing(NetworkCase networkCase) {
    assertAllocatesNothing(networkCase, false);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void norDoesOneWhoseGatesAreComputedAgain(NetworkCase networkCase) {
    assertAllocatesNothing(networkCase, true);
  }

  private static void assertAllocatesNothing(NetworkCase networkCase, boolean recompute) {
    SessionOptions options = SessionOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS);
    try (Network network = networkCase.build();
        GradientSession session = new GradientSession(network, options, recompute)) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 10);
      int steps = network.readout().isPresent() ? 1 : STEPS;
      float[] ys = new float[steps * BATCH * network.outputSize()];
      float[] ofOutput = ys.clone();
      session.warmUp();
      assertAllocatesNothing(lengths -> {
        if (sequence.tokens() != null) {
          session.run(sequence.tokens(), STEPS, lengths, ys);
        } else {
          session.run(sequence.vectors(), STEPS, lengths, ys);
        }
        session.backward(ofOutput);
        session.clearGradients();
      });
    }
  }

  private interface Window {
    void goThrough(int[] lengths);
  }

  private static void assertAllocatesNothing(Window window) {
    JvmCounters.assertBecomesFree(
        CALLS,
        () -> {
          window.goThrough(null);
          window.goThrough(LENGTHS);
        });
  }
}
