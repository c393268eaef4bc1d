// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SessionStateTest {
  private static final int BATCH = 3;
  private static final SessionOptions OPTIONS = SessionOptions.defaults().withBatch(BATCH);

  private final Network network =
      RandomWeights.build(Network.builder().add(Layer.Lstm.of("lstm", 2, 5)), 1);

  @AfterEach
  void close() {
    network.close();
  }

  static Stream<NetworkCase> stepwise() {
    return NetworkCase.stepwise();
  }

  @ParameterizedTest
  @MethodSource("stepwise")
  void aStateMovesToASessionOfOtherOptions(NetworkCase networkCase) {
    try (Network moving = networkCase.build();
        Session from = moving.newSession(OPTIONS);
        Session to =
            moving.newSession(new SessionOptions(BATCH, BATCH + 2, 2, 1, Optional.empty()))) {
      Sequence sequence = Sequence.random(moving, 6, BATCH, 1);
      sequence.steps(0, 3).run(from);

      to.setState(from.state());

      Sequence rest = sequence.steps(3, 6);
      assertArrayEquals(rest.run(from), rest.run(to));
    }
  }

  static Stream<NetworkCase> all() {
    return NetworkCase.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aStateThatIsSetIsTheStateThatIsRead(NetworkCase networkCase) {
    try (Network any = networkCase.build();
        Session session = any.newSession(OPTIONS)) {
      State state = State.zeros(any, BATCH);
      Random random = new Random(1);
      for (String layer : state.layers()) {
        fill(state.h(layer), random);
        if (state.hasCellState(layer)) {
          fill(state.c(layer), random);
        }
      }

      session.setState(state);

      State read = session.state();
      assertEquals(state.layers(), read.layers());
      for (String layer : state.layers()) {
        assertArrayEquals(state.h(layer), read.h(layer));
        if (state.hasCellState(layer)) {
          assertArrayEquals(state.c(layer), read.c(layer));
        }
      }
    }
  }

  private static void fill(float[] values, Random random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
  }

  @Test
  void shapesAreThoseOfPyTorch() {
    Layer.Lstm lstm = new Layer.Lstm("lstm", 3, 10, 2, true, true, 4, false);
    Layer.Lstm cell = new Layer.Lstm("cell", 8, 6, 1, true, false, 0, true);
    try (Network both = RandomWeights.build(Network.builder().add(lstm, cell), 1)) {
      State state = State.zeros(both, BATCH);

      assertEquals(List.of("lstm", "cell"), state.layers());
      assertArrayEquals(new long[] {4, BATCH, 4}, state.hShape("lstm"));
      assertArrayEquals(new long[] {4, BATCH, 10}, state.cShape("lstm"));
      assertArrayEquals(new long[] {BATCH, 6}, state.hShape("cell"));
      assertArrayEquals(new long[] {BATCH, 6}, state.cShape("cell"));
      assertEquals(4 * BATCH * 4, state.h("lstm").length);
      assertEquals(4 * BATCH * 10, state.c("lstm").length);
      assertEquals(BATCH, state.batch());
    }
  }

  @Test
  void theHiddenStateIsTheLastOutput() {
    try (Session session = network.newSession(OPTIONS)) {
      float[] y = Sequence.random(network, 1, BATCH, 2).step(session);

      assertArrayEquals(y, session.state().h("lstm"));
    }
  }

  @Test
  void aCopyIsUnconnectedToTheSession() {
    try (Session session = network.newSession(OPTIONS)) {
      Sequence step = Sequence.random(network, 1, BATCH, 3);
      step.step(session);
      State before = session.state();
      float[] h = before.h("lstm").clone();

      step.step(session);
      assertArrayEquals(h, before.h("lstm"), "a step does not change it");

      session.copyStateTo(before);
      assertArrayEquals(session.state().h("lstm"), before.h("lstm"), "it can be filled again");
    }
  }

  @Test
  void resettingIsLikeANewSession() {
    try (Session session = network.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(network, 4, BATCH, 4);
      float[] first = sequence.run(session);

      session.reset();

      assertArrayEquals(first, sequence.run(session));
    }
  }

  @Test
  void oneBatchRowCanBeResetAlone() {
    try (Session session = network.newSession(OPTIONS)) {
      Sequence.random(network, 4, BATCH, 5).run(session);
      State before = session.state();

      session.reset(1);

      State after = session.state();
      for (int row = 0; row < BATCH; row++) {
        float[] expected = row == 1 ? new float[5] : row(before.c("lstm"), row);
        assertArrayEquals(expected, row(after.c("lstm"), row), "batch row " + row);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"-1", "3"})
  void aBatchRowThatIsNotThereCannotBeReset(int row) {
    try (Session session = network.newSession(OPTIONS)) {
      assertThrows(IndexOutOfBoundsException.class, () -> session.reset(row));
    }
  }

  @Test
  void batchRowsThatStayKeepTheirStateAndNewOnesStartFromZeros() {
    try (Session session = network.newSession(OPTIONS.withMaxBatch(5))) {
      Sequence.random(network, 4, BATCH, 6).run(session);
      float[] before = session.state().c("lstm");

      session.batch(2);
      assertArrayEquals(Arrays.copyOf(before, 2 * 5), session.state().c("lstm"));

      session.batch(5);
      assertArrayEquals(
          Arrays.copyOf(Arrays.copyOf(before, 2 * 5), 5 * 5), session.state().c("lstm"));
      assertEquals(5, session.batch());
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "4"})
  void moreBatchRowsThanThereIsMemoryForAreRefused(int rows) {
    try (Session session = network.newSession(OPTIONS)) {
      Exception e = assertThrows(IllegalArgumentException.class, () -> session.batch(rows));
      assertEquals(
          "batch must be from 1 to maxBatch 3, not " + rows + ": raise SessionOptions.maxBatch",
          e.getMessage());
    }
  }

  @Test
  void aStateOfAnotherBatchOrNetworkIsRefused() {
    Network.Builder wider = Network.builder().add(Layer.Lstm.of("lstm", 2, 6));
    try (Network other = RandomWeights.build(wider, 1);
        Session session = network.newSession(OPTIONS)) {
      for (State state : List.of(State.zeros(network, 2), State.zeros(other, BATCH))) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> session.setState(state));
        assertTrue(e.getMessage().startsWith("the state does not fit"), e::getMessage);
        assertThrows(IllegalArgumentException.class, () -> session.copyStateTo(state));
      }
    }
  }

  @Test
  void aStateNeedsABatchRowAndKnowsItsLstms() {
    assertThrows(IllegalArgumentException.class, () -> State.zeros(network, 0));
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> State.zeros(network, 1).h("lstn"));
    assertEquals("the state has no recurrent layer named 'lstn'; it has [lstm]", e.getMessage());
  }

  private static float[] row(float[] values, int row) {
    return Arrays.copyOfRange(values, row * 5, (row + 1) * 5);
  }
}
