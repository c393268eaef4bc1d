// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.kernel.Kernels;
import org.lstm4j.engine.kernel.OrdinaryStart;

/** The change from scalar code to vector kernels, which the other tests leave out. */
@ExtendWith(OrdinaryStart.class)
class SessionWarmUpTest {
  private static final int STEPS = 5;

  private static NetworkCase network(int hiddenSize) {
    return NetworkCase.of(
        "lstm, linear, softmax",
        Layer.Lstm.of("lstm", 6, hiddenSize),
        new Layer.Linear("linear", hiddenSize, 7, true),
        new Layer.Activation(new ActivationFunction.Softmax(), 7));
  }

  @ParameterizedTest
  @EnumSource
  void resultsBeforeAndAfterAreEqualToTheBit(WeightStorage storage) {
    SessionOptions options = SessionOptions.defaults().withBatch(2).withWeights(storage);
    try (Network network = network(19).build();
        Session session = network.newSession(options)) {
      Sequence sequence = Sequence.random(network, STEPS, 2, 1);
      float[] cold = sequence.run(session);
      State coldState = session.state();

      session.warmUp();
      assertArrayEquals(
          coldState.h("lstm"), session.state().h("lstm"), "warming up keeps the state");
      assertArrayEquals(
          coldState.c("lstm"), session.state().c("lstm"), "warming up keeps the state");
      session.reset();

      assertArrayEquals(cold, sequence.run(session));
      assertFalse(session.isCold());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void callsBringTheChangeAboutByThemselves(int threads) {
    assumeTrue(Kernels.vectors(), "scalar kernels stay");
    try (Network network = network(20 + threads).build();
        Session session = network.newSession(SessionOptions.defaults().withThreads(threads))) {
      Sequence sequence = Sequence.random(network, STEPS, 1, 2);
      float[] cold = sequence.run(session);
      assertTrue(session.isCold());
      long end = System.nanoTime() + 60_000_000_000L;
      while (session.isCold()) {
        assertTrue(System.nanoTime() < end, "waited in vain");
        session.reset();
        assertArrayEquals(cold, sequence.run(session));
      }
    }
  }

  @Test
  void laterSessionsOfANetworkCompileNothing() {
    try (Network network = network(22).build()) {
      try (Session first = network.newSession()) {
        first.warmUp();
      }
      System.gc();
      List<Session> sessions = new ArrayList<>();
      long least = Long.MAX_VALUE;
      // A thread of the JVM or of the test runner may load a class of its own meanwhile.
      for (int attempt = 0; attempt < 5 && least > 0; attempt++) {
        long classes = JvmCounters.loadedClasses();
        for (int i = 0; i < 200; i++) {
          Session session = network.newSession();
          sessions.add(session);
          assertFalse(session.isCold());
          session.step(new float[6], new float[7]);
        }
        least = Math.min(least, JvmCounters.loadedClasses() - classes);
      }
      sessions.forEach(Session::close);
      assertEquals(0, least, "classes loaded by 200 sessions");
    }
  }

  @Test
  void aSessionThatIsClosedWhileItWarmsUpTroublesNobody() {
    for (int i = 0; i < 20; i++) {
      try (Network network = network(30 + i).build();
          Session session = network.newSession()) {
        session.step(new float[6], new float[7]);
      }
    }
  }

  @Test
  void stageTimesNameEveryLayerAndKeepTheState() {
    try (Network network = network(23).build();
        Session session = network.newSession()) {
      session.step(new float[] {1, 2, 3, 4, 5, 6}, new float[7]);
      State state = session.state();

      List<StageTime> times = session.stageTimes(10);

      assertEquals(network.layers(), times.stream().map(StageTime::layer).toList());
      times.forEach(time -> assertTrue(time.nanosPerStep() > 0));
      assertArrayEquals(state.h("lstm"), session.state().h("lstm"));
      assertEquals(
          "repetitions must be positive, not 0",
          assertThrows(IllegalArgumentException.class, () -> session.stageTimes(0)).getMessage());
    }
  }
}
