// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches of sequences that differ in length. */
@Tag("numeric")
@Tag("composition")
class SessionLengthsTest {
  private static final int STEPS = 9;
  private static final int[] UNSORTED = {3, 9, 1, 4, 9};
  private static final int[] SORTED = {8, 5, 5, 2, 1};
  private static final int BATCH = UNSORTED.length;
  private static final SessionOptions OPTIONS = SessionOptions.defaults().withBatch(BATCH);

  static Stream<NetworkCase> all() {
    return NetworkCase.all();
  }

  static Stream<NetworkCase> causal() {
    return NetworkCase.causal();
  }

  static Stream<Arguments> allAndStorages() {
    return all()
        .flatMap(networkCase ->
            Arrays.stream(WeightStorage.values())
                .map(storage -> Arguments.of(networkCase, storage)));
  }

  private static float[] run(Session session, Sequence sequence, int... lengths) {
    int steps = session.outputSteps(sequence.steps());
    float[] ys = new float[steps * sequence.batch() * session.network().outputSize()];
    Arrays.fill(ys, Float.NaN);
    if (sequence.tokens() != null) {
      session.run(sequence.tokens(), sequence.steps(), lengths, ys);
    } else {
      session.run(sequence.vectors(), sequence.steps(), lengths, ys);
    }
    return ys;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("allAndStorages")
  void eachBatchRowEqualsItsSequenceAlone(NetworkCase networkCase, WeightStorage storage) {
    SessionOptions options = OPTIONS.withWeights(storage);
    try (Network network = networkCase.build();
        Session together = network.newSession(options)) {
      Sequence first = Sequence.random(network, STEPS, BATCH, 31);
      Sequence second = Sequence.random(network, STEPS, BATCH, 32);
      float[] ysFirst = run(together, first, UNSORTED);
      float[] ysSecond = run(together, second, SORTED);
      State state = together.state();
      for (int row = 0; row < BATCH; row++) {
        try (Session alone = network.newSession(options.withBatch(1))) {
          assertRow(alone, first, UNSORTED[row], ysFirst, row);
          assertRow(alone, second, SORTED[row], ysSecond, row);
          assertRowOfState(alone.state(), state, row);
        }
      }
    }
  }

  /** Runs a row by itself, on from the state that the session has. */
  private static void assertRow(
      Session alone, Sequence sequence, int length, float[] ys, int batchRow) {
    Network network = alone.network();
    Sequence row = sequence.row(batchRow);
    boolean oneToMany = network.oneToMany().isPresent();
    Sequence cut =
        oneToMany
            ? new Sequence(network, length, 1, row.vectors(), row.tokens())
            : row.steps(0, length);
    float[] actual = Sequence.row(ys, batchRow, BATCH, network.outputSize());
    float[] expected = Arrays.copyOf(cut.run(alone), actual.length);
    assertArrayEquals(expected, actual, "batch row " + batchRow);
  }

  private static void assertRowOfState(State expected, State actual, int row) {
    for (String layer : actual.layers()) {
      int features = (int) actual.hShape(layer)[actual.hShape(layer).length - 1];
      assertArrayEquals(
          expected.h(layer),
          Sequence.row(actual.h(layer), row, BATCH, features),
          () -> "h of row " + row);
      if (actual.hasCellState(layer)) {
        int units = (int) actual.cShape(layer)[actual.cShape(layer).length - 1];
        assertArrayEquals(
            expected.c(layer),
            Sequence.row(actual.c(layer), row, BATCH, units),
            () -> "c of row " + row);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("causal")
  void chunksOfAnySizeEqualOneRun(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session whole = network.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 33);
      float[] expected = run(whole, sequence, UNSORTED);
      for (int maxSteps : new int[] {1, 2, 4}) {
        try (Session chunked = network.newSession(OPTIONS.withMaxSteps(maxSteps))) {
          assertArrayEquals(expected, run(chunked, sequence, UNSORTED), "chunks of " + maxSteps);
          assertSameState(whole.state(), chunked.state());
        }
      }
    }
  }

  private static void assertSameState(State expected, State actual) {
    for (String layer : expected.layers()) {
      assertArrayEquals(expected.h(layer), actual.h(layer));
      if (expected.hasCellState(layer)) {
        assertArrayEquals(expected.c(layer), actual.c(layer));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void anyNumberOfThreadsGivesTheBitsOfOne(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session alone = network.newSession(OPTIONS);
        Session shared = network.newSession(OPTIONS.withThreads(3))) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 34);
      float[] expected = run(alone, sequence, UNSORTED);
      for (int i = 0; i < 4; i++) {
        shared.reset();
        assertArrayEquals(expected, run(shared, sequence, UNSORTED));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void fullLengthsEqualARunWithoutLengths(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session session = network.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 35);
      float[] expected = sequence.run(session);
      session.reset();
      assertArrayEquals(expected, run(session, sequence, 9, 9, 9, 9, 9));
      session.reset();
      run(session, sequence, UNSORTED);
      session.reset();
      assertArrayEquals(expected, sequence.run(session), "lengths are forgotten");
    }
  }

  @Test
  void segmentsAndBatchFirstGiveTheSame() {
    NetworkCase networkCase =
        NetworkCase.of("gru", new Layer.Gru("gru", 2, 3, 1, true, true, false));
    WeightSource weights = WeightSource.of(networkCase.weights());
    try (Network timeFirst = networkCase.build();
        Network batchFirst = networkCase.builder().batchFirst(true).build(weights);
        Session session = timeFirst.newSession(OPTIONS);
        Session other = batchFirst.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(timeFirst, STEPS, BATCH, 36);
      float[] expected = run(session, sequence, UNSORTED);
      MemorySegment ys = MemorySegment.ofArray(new float[expected.length]);

      other.run(MemorySegment.ofArray(rowsFirst(sequence.vectors(), 2)), STEPS, UNSORTED, ys);

      float[] actual = ys.toArray(JAVA_FLOAT);
      assertArrayEquals(rowsFirst(expected, 6), actual);
    }
  }

  private static float[] rowsFirst(float[] values, int features) {
    float[] result = new float[values.length];
    for (int row = 0; row < BATCH; row++) {
      float[] alone = Sequence.row(values, row, BATCH, features);
      System.arraycopy(alone, 0, result, row * alone.length, alone.length);
    }
    return result;
  }

  static Stream<Arguments> wrongLengths() {
    return Stream.of(
        Arguments.of(new int[] {1, 2}, "there are 2 lengths for 5 batch row(s)"),
        Arguments.of(
            new int[] {1, 2, 0, 4, 5},
            "the length of batch row 2 must be from 1 to 9 time steps, not 0"),
        Arguments.of(
            new int[] {1, 2, 3, 4, 10},
            "the length of batch row 4 must be from 1 to 9 time steps, not 10"));
  }

  @ParameterizedTest
  @MethodSource("wrongLengths")
  void wrongLengthsAreRefusedAndChangeNothing(int[] lengths, String sentence) {
    NetworkCase networkCase = NetworkCase.of("gru", Layer.Gru.of("gru", 2, 3));
    try (Network network = networkCase.build();
        Session session = network.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 37);
      float[] ys = sequence.run(session);
      State before = session.state();

      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> session.run(sequence.vectors(), STEPS, lengths, ys));

      assertEquals(sentence, e.getMessage());
      assertSameState(before, session.state());
    }
  }
}
