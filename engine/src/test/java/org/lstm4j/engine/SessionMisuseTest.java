// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a session refuses, it says why in a sentence, and its state is as before. */
class SessionMisuseTest {
  private static Network vectors() {
    return RandomWeights.build(Network.builder().add(Layer.Lstm.of("lstm", 3, 2)), 1);
  }

  private static Network tokens() {
    Layer embedding = new Layer.Embedding("embedding", 7, 3);
    return RandomWeights.build(Network.builder().add(embedding, Layer.Lstm.of("lstm", 3, 2)), 1);
  }

  private static Network wholeSequences() {
    Layer lstm = new Layer.Lstm("lstm", 3, 1, 1, true, true, 0, false);
    return RandomWeights.build(Network.builder().add(lstm), 1);
  }

  static Stream<Arguments> wrongSizes() {
    return Stream.of(
        refused(
            "the input has 5 elements, but 1 time step(s) of 2 batch row(s) with 3 feature(s)"
                + " are 6",
            session -> session.step(new float[5], new float[4])),
        refused(
            "the output has 5 elements, but 1 time step(s) of 2 batch row(s) with 2 feature(s)"
                + " are 4",
            session -> session.step(new float[6], new float[5])),
        refused(
            "the input has 6 elements, but 4 time step(s) of 2 batch row(s) with 3 feature(s)"
                + " are 24",
            session -> session.run(new float[6], 4, new float[16])),
        refused(
            "the output has 17 elements, but 4 time step(s) of 2 batch row(s) with 2 feature(s)"
                + " are 16",
            session -> session.run(new float[24], 4, new float[17])),
        refused(
            "the input has 7 elements, but 1 time step(s) of 2 batch row(s) with 3 feature(s)"
                + " are 6",
            session -> session.step(bytes(28), bytes(16))),
        refused(
            "a segment of 17 bytes does not hold whole elements of 4 bytes",
            session -> session.step(bytes(24), bytes(17))),
        refused(
            "the output is a read-only segment",
            session -> session.step(bytes(24), bytes(16).asReadOnly())),
        refused(
            "a sequence needs at least one time step, not 0",
            session -> session.run(new float[0], 0, new float[0])),
        refused(
            "a sequence needs at least one time step, not -1",
            session -> session.run(new float[6], -1, new float[4])),
        refused(
            "the network takes vectors of 3 features, not tokens",
            session -> session.step(new int[2], new float[4])),
        refused(
            "the network takes vectors of 3 features, not tokens",
            session -> session.step(1, new float[4])),
        refused(
            "the network takes vectors of 3 features, not tokens",
            session -> session.run(new int[8], 4, new float[16])));
  }

  private static Arguments refused(String sentence, Consumer<Session> call) {
    return arguments(sentence, Named.of("call", call));
  }

  private static MemorySegment bytes(int size) {
    return MemorySegment.ofArray(new byte[size]);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongSizes")
  void inputOfAWrongSizeOrKindIsRefusedAndTheStateStays(String sentence, Consumer<Session> call) {
    try (Network network = vectors();
        Session session = network.newSession(SessionOptions.defaults().withBatch(2))) {
      assertRefused(IllegalArgumentException.class, sentence, session, call);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 7, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void aTokenOutOfRangeIsRefusedAndTheStateStays(int token) {
    try (Network network = tokens();
        Session session = network.newSession(SessionOptions.defaults().withMaxSteps(1))) {
      assertRefused(
          IllegalArgumentException.class,
          "token " + token + " at position 0 is not in [0, 7)",
          session,
          s -> s.step(token, new float[2]));
      assertRefused(
          IllegalArgumentException.class,
          "token " + token + " at position 2 is not in [0, 7)",
          session,
          s -> s.run(new int[] {1, 2, token}, 3, new float[6]));
      assertRefused(
          IllegalArgumentException.class,
          "token " + token + " at position 1 is not in [0, 7)",
          session,
          s -> s.run(MemorySegment.ofArray(new int[] {3, token}), 2, bytes(16)));
    }
  }

  @Test
  void vectorsForANetworkThatTakesTokensAreRefused() {
    try (Network network = tokens();
        Session session = network.newSession()) {
      assertRefused(
          IllegalArgumentException.class,
          "the network takes tokens (int), not float vectors",
          session,
          s -> s.step(new float[3], new float[2]));
    }
  }

  @Test
  void aNetworkThatNeedsWholeSequencesCannotStep() {
    try (Network network = wholeSequences();
        Session session = network.newSession()) {
      assertRefused(
          IllegalStateException.class,
          "the network reads whole sequences (from both ends, or pooling over time): use run",
          session,
          s -> s.step(new float[3], new float[2]));
    }
  }

  @Test
  void aWholeSequenceLongerThanTheSessionWasMadeForIsRefused() {
    try (Network network = wholeSequences();
        Session session = network.newSession(SessionOptions.defaults().withMaxSteps(4))) {
      assertRefused(
          IllegalArgumentException.class,
          "the network reads whole sequences (from both ends, or pooling over time), but the"
              + " session was made for at most 4 time steps, not 5: raise SessionOptions.maxSteps",
          session,
          s -> s.run(new float[15], 5, new float[10]));
    }
  }

  static Stream<Arguments> calls() {
    return Stream.of(
        closed("step", s -> s.step(new float[3], new float[2])),
        closed("step over segments", s -> s.step(bytes(12), bytes(8))),
        closed("step of a token", s -> s.step(1, new float[2])),
        closed("run", s -> s.run(new float[3], 1, new float[2])),
        closed("state", Session::state),
        closed("copyStateTo", s -> s.copyStateTo(State.zeros(s.network(), 1))),
        closed("setState", s -> s.setState(State.zeros(s.network(), 1))),
        closed("reset", Session::reset),
        closed("reset of a row", s -> s.reset(0)),
        closed("batch", s -> s.batch(1)));
  }

  private static Arguments closed(String name, Consumer<Session> call) {
    return arguments(Named.of(name, call));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aClosedSessionRefusesEveryCall(Consumer<Session> call) {
    try (Network network = vectors()) {
      Session session = network.newSession();
      session.close();
      session.close();

      Exception e = assertThrows(IllegalStateException.class, () -> call.accept(session));

      assertEquals("the session is closed", e.getMessage());
    }
  }

  @Test
  void memoryThatAnotherThreadOwnsIsRefusedAndTheSessionStaysUsable() throws Exception {
    try (Network network = vectors();
        Session session = network.newSession();
        Arena mine = Arena.ofConfined()) {
      MemorySegment x = mine.allocate(12);
      MemorySegment y = mine.allocate(8);
      Throwable[] thrown = new Throwable[2];
      Thread other =
          new Thread(() -> {
            thrown[0] = assertThrows(WrongThreadException.class, () -> session.step(x, bytes(8)));
            thrown[1] = assertThrows(WrongThreadException.class, () -> session.step(bytes(12), y));
          });
      other.start();
      other.join();

      assertEquals(WrongThreadException.class, thrown[0].getClass());
      assertEquals(WrongThreadException.class, thrown[1].getClass());
      assertArrayEquals(new float[2], session.state().h("lstm"), "no step was made");
      session.step(x, y);
    }
  }

  private static void assertRefused(
      Class<? extends Exception> type, String sentence, Session session, Consumer<Session> call) {
    State state = State.zeros(session.network(), session.batch());
    state.c("lstm")[0] = 0.25f;
    session.setState(state);

    Exception e = assertThrows(type, () -> call.accept(session));

    assertEquals(sentence, e.getMessage());
    assertArrayEquals(state.h("lstm"), session.state().h("lstm"), "h is as before");
    assertArrayEquals(state.c("lstm"), session.state().c("lstm"), "c is as before");
  }
}
