// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A network that has learned the state that its sequences start from. */
class InitialStateTest {
  private static final int BATCH = 3;
  private static final SessionOptions OPTIONS = SessionOptions.defaults().withBatch(BATCH);
  private static final List<Layer> LAYERS =
      List.of(
          new Layer.Lstm("lstm", 2, 5, 2, true, true, 3, false),
          new Layer.Residual(List.of(new Layer.Lstm("cell", 6, 6, 1, true, false, 0, true))),
          new Layer.Gru("gru", 6, 4, 1, true, true, false));

  private final State learned = RandomWeights.state(LAYERS);
  private final Network network = RandomWeights.build(builder().initialState(learned), 1);

  private static Network.Builder builder() {
    return Network.builder().add(LAYERS.toArray(Layer[]::new));
  }

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void aNewSessionStartsFromItInEveryBatchRow() {
    try (Session session = network.newSession(OPTIONS)) {
      assertEveryRowIsLearned(session.state());
      assertEveryRowIsLearned(State.initial(network, BATCH));
    }
  }

  @Test
  void startingFromItIsSettingItAsAState() {
    try (Network zeros = RandomWeights.build(builder(), 1);
        Session set = zeros.newSession(OPTIONS.withMaxSteps(4));
        Session started = network.newSession(OPTIONS.withMaxSteps(4))) {
      Sequence sequence = Sequence.random(network, 4, BATCH, 1);
      set.setState(State.initial(network, BATCH));

      assertArrayEquals(sequence.run(set), sequence.run(started));
    }
  }

  @Test
  void resettingGoesBackToIt() {
    try (Session session = network.newSession(OPTIONS)) {
      Sequence.random(network, 4, BATCH, 2).run(session);

      session.reset();

      assertEveryRowIsLearned(session.state());
    }
  }

  @Test
  void oneBatchRowGoesBackToItAlone() {
    try (Session session = network.newSession(OPTIONS)) {
      Sequence.random(network, 4, BATCH, 3).run(session);
      float[] before = session.state().c("cell");

      session.reset(1);

      float[] expected = before.clone();
      System.arraycopy(learned.c("cell"), 0, expected, 6, 6);
      assertArrayEquals(expected, session.state().c("cell"));
    }
  }

  @Test
  void batchRowsThatAreAddedStartFromIt() {
    try (Session session = network.newSession(OPTIONS.withMaxBatch(5))) {
      Sequence.random(network, 4, BATCH, 4).run(session);
      float[] before = session.state().h("cell");

      session.batch(4);

      float[] after = session.state().h("cell");
      assertArrayEquals(before, Arrays.copyOf(after, BATCH * 6));
      assertArrayEquals(learned.h("cell"), Arrays.copyOfRange(after, BATCH * 6, 4 * 6));
    }
  }

  @Test
  void itIsCopiedInAndOut() {
    float[] given = learned.h("lstm").clone();

    learned.h("lstm")[0] = 100;
    network.initialState().orElseThrow().h("lstm")[1] = 100;

    assertArrayEquals(given, network.initialState().orElseThrow().h("lstm"));
  }

  @Test
  void aNetworkWithoutOneStartsFromZeros() {
    try (Network zeros = RandomWeights.build(builder().initialState(null), 1)) {
      assertTrue(zeros.initialState().isEmpty());
      assertArrayEquals(new float[BATCH * 6], State.initial(zeros, BATCH).c("cell"));
    }
  }

  @Test
  void oneOfOtherLayersOrSeveralBatchRowsIsRefused() {
    List<Layer> others = List.of(Layer.Lstm.of("lstm", 2, 5));
    for (State state : List.of(State.zeros(LAYERS, 2), State.zeros(others, 1))) {
      Exception e =
          assertThrows(
              IllegalArgumentException.class,
              () -> RandomWeights.build(builder().initialState(state), 1));
      assertTrue(
          e.getMessage().startsWith("the initial state does not fit: it has"), e::getMessage);
    }
  }

  @Test
  void aNetworkWithNothingToStartIsRefused() {
    Layer linear = new Layer.Linear("linear", 2, 2, true);
    Network.Builder builder =
        Network.builder().add(linear).initialState(State.zeros(List.of(linear), 1));
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> RandomWeights.build(builder, 1));
    assertEquals("an initial state needs a recurrent layer", e.getMessage());
  }

  private void assertEveryRowIsLearned(State state) {
    for (String layer : learned.layers()) {
      assertEveryRowIs(learned.h(layer), state.h(layer), features(learned.hShape(layer)));
      if (state.hasCellState(layer)) {
        assertEveryRowIs(learned.c(layer), state.c(layer), features(learned.cShape(layer)));
      }
    }
  }

  private static int features(long... shape) {
    return (int) shape[shape.length - 1];
  }

  /** Blocks of batch rows, each of which is the block of the one row. */
  private static void assertEveryRowIs(float[] row, float[] rows, int features) {
    for (int i = 0; i < rows.length / features; i++) {
      assertArrayEquals(
          Arrays.copyOfRange(row, i / BATCH * features, (i / BATCH + 1) * features),
          Arrays.copyOfRange(rows, i * features, (i + 1) * features));
    }
  }
}
