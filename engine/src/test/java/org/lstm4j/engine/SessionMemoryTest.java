// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Off-heap memory, as the JVM counts it. */
class SessionMemoryTest {
  private static final int SESSIONS = 16;
  private static final int ROUNDS = 100;
  private static final long MAX_SESSION_BYTES = 64 * 1024;

  private static Network network(int hiddenSize) {
    Layer.Lstm lstm = Layer.Lstm.of("lstm", hiddenSize, hiddenSize);
    return RandomWeights.build(Network.builder().add(lstm), 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 256})
  void aStreamingSessionTakesLittle(int hiddenSize) {
    SessionOptions options = SessionOptions.defaults().withMaxSteps(1);
    try (Network network = network(hiddenSize)) {
      OptionalLong bytes = OptionalLong.empty();
      for (int i = 0; i < ROUNDS && bytes.isEmpty(); i++) {
        bytes = bytesOfSessions(network, options);
      }
      long each = bytes.orElseThrow() / SESSIONS;
      assertTrue(each > 0 && each <= MAX_SESSION_BYTES, each + " bytes a session");
    }
  }

  /** Nothing if something else came or went meanwhile, such as what the collector frees. */
  private static OptionalLong bytesOfSessions(Network network, SessionOptions options) {
    Session[] sessions = new Session[SESSIONS];
    long before = JvmCounters.offHeapBytes();
    for (int i = 0; i < SESSIONS; i++) {
      sessions[i] = network.newSession(options);
    }
    long bytes = JvmCounters.offHeapBytes() - before;
    for (Session session : sessions) {
      session.close();
    }
    return JvmCounters.offHeapBytes() == before ? OptionalLong.of(bytes) : OptionalLong.empty();
  }

  @Test
  void sessionsShareThePackedWeights() {
    try (Network network = network(100)) {
      long bytes = network.packedBytes();
      try (Session first = network.newSession();
          Session second = network.newSession()) {
        assertTrue(first != second && network.packedBytes() == bytes);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void compactWeightsTakeTheirShareOfFloats(WeightStorage storage) {
    try (Network network = network(256)) {
      long floats = network.packedBytes();
      try (Session _ = network.newSession(SessionOptions.defaults().withWeights(storage));
          Session _ = network.newSession(SessionOptions.defaults().withWeights(storage))) {
        long compact = network.packedBytes() - floats;
        long expected =
            storage == WeightStorage.FLOAT32 ? 0 : floats * storage.bytesPerWeight() / Float.BYTES;
        // Biases and scales come on top.
        assertTrue(
            compact >= expected * 98 / 100 && compact <= expected * 102 / 100,
            storage + ": " + compact);
      }
    }
  }
}
