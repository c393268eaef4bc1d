// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.training.GradientSession;

/** Once warm, a window there and back allocates nothing: exactly 0 bytes. */
@ExtendWith(OrdinaryStart.class)
class GradientAllocationTest {
  private static final int STEPS = 6;
  private static final int[] LENGTHS = {6, 4};
  private static final int BATCH = LENGTHS.length;
  private static final int CALLS = 10;
  private static final int STEADY_WINDOWS = 5;

  /** A busy machine compiles late. */
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  static Stream<NetworkCase> networks() {
    return NetworkCase.all().filter(NetworkCase::learns).filter(SessionAllocationTest::isAKind);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aWindowThereAndBackAllocatesNothing(NetworkCase networkCase) {
    SessionOptions options = SessionOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS);
    try (Network network = networkCase.build();
        GradientSession session = new GradientSession(network, options)) {
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
    long allocated = 0;
    int steady = 0;
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (steady < STEADY_WINDOWS && System.nanoTime() - end < 0) {
      long before = JvmCounters.allocatedBytes();
      for (int call = 0; call < CALLS; call++) {
        window.goThrough(call % 2 == 0 ? null : LENGTHS);
      }
      allocated = JvmCounters.allocatedBytes() - before;
      steady = allocated == 0 ? steady + 1 : 0;
    }
    assertEquals(0, allocated, () -> "bytes in " + CALLS + " windows");
    assertEquals(STEADY_WINDOWS, steady, "in succession without allocation");
  }
}
