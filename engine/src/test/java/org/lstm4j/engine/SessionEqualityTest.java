// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * However a sequence is brought to a network, the results have the same bits: {@code
 * assertArrayEquals} without a tolerance tells 0 from -0.
 */
@Tag("numeric")
@Tag("composition")
class SessionEqualityTest {
  private static final int STEPS = 7;
  private static final int BATCH = 3;
  private static final SessionOptions OPTIONS = SessionOptions.defaults().withBatch(BATCH);

  static Stream<NetworkCase> all() {
    return NetworkCase.all();
  }

  static Stream<NetworkCase> causal() {
    return NetworkCase.causal();
  }

  static Stream<NetworkCase> stepwise() {
    return NetworkCase.stepwise();
  }

  @ParameterizedTest
  @MethodSource("stepwise")
  void steppingEqualsRunning(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session stepping = network.newSession(OPTIONS);
        Session running = network.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 1);

      float[] stepped = new float[0];
      for (int t = 0; t < STEPS; t++) {
        stepped = concat(stepped, sequence.steps(t, t + 1).step(stepping));
      }
      float[] ran = sequence.run(running);

      assertArrayEquals(ran, lastOf(stepped, ran.length));
      assertSameState(running.state(), stepping.state());
    }
  }

  @ParameterizedTest
  @MethodSource("causal")
  void chunksOfAnySizeEqualOneRun(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session whole = network.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 2);
      float[] expected = sequence.run(whole);
      for (int maxSteps : new int[] {1, 2, 3, STEPS}) {
        try (Session chunked = network.newSession(OPTIONS.withMaxSteps(maxSteps))) {
          assertArrayEquals(expected, sequence.run(chunked), "chunks of " + maxSteps);
          assertSameState(whole.state(), chunked.state());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("stepwise")
  void aRunGoesOnFromTheRunBefore(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session once = network.newSession(OPTIONS);
        Session twice = network.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 3);

      float[] expected = sequence.run(once);
      float[] first = sequence.steps(0, 3).run(twice);
      float[] second = sequence.steps(3, STEPS).run(twice);

      assertArrayEquals(expected, lastOf(concat(first, second), expected.length));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aBatchRowEqualsItsSequenceAlone(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session together = network.newSession(OPTIONS)) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 4);
      float[] ys = sequence.run(together);
      for (int row = 0; row < BATCH; row++) {
        try (Session alone = network.newSession()) {
          float[] expected = sequence.row(row).run(alone);
          float[] actual = Sequence.row(ys, row, BATCH, network.outputSize());
          assertArrayEquals(expected, actual, "batch row " + row);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void batchFirstChangesTheLayoutAlone(NetworkCase networkCase) {
    WeightSource weights = WeightSource.of(networkCase.weights());
    try (Network timeFirst = networkCase.build();
        Network batchFirst = networkCase.builder().batchFirst(true).build(weights);
        Session expected = timeFirst.newSession(OPTIONS);
        Session actual = batchFirst.newSession(OPTIONS.withMaxSteps(STEPS))) {
      Sequence sequence = Sequence.random(timeFirst, STEPS, BATCH, 5);
      float[] ys = new float[0];
      Sequence rows = sequence.row(0);
      Sequence transposed = new Sequence(batchFirst, STEPS, BATCH, rows.vectors(), rows.tokens());
      for (int row = 1; row < BATCH; row++) {
        transposed = appended(transposed, sequence.row(row));
      }
      float[] timeFirstYs = sequence.run(expected);
      for (int row = 0; row < BATCH; row++) {
        ys = concat(ys, Sequence.row(timeFirstYs, row, BATCH, timeFirst.outputSize()));
      }

      assertArrayEquals(ys, transposed.run(actual));
    }
  }

  private static Sequence appended(Sequence sequence, Sequence row) {
    return new Sequence(
        sequence.network(),
        sequence.steps(),
        sequence.batch(),
        row.vectors() == null ? null : concat(sequence.vectors(), row.vectors()),
        row.tokens() == null ? null : concat(sequence.tokens(), row.tokens()));
  }

  @ParameterizedTest
  @MethodSource("all")
  void segmentsOfAnyKindEqualArrays(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session session = network.newSession(OPTIONS);
        Arena arena = Arena.ofConfined()) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 6);
      float[] expected = sequence.run(session);
      MemorySegment onHeap =
          sequence.tokens() == null
              ? MemorySegment.ofArray(sequence.vectors())
              : MemorySegment.ofArray(sequence.tokens());
      long bytes = (long) expected.length * Float.BYTES;
      MemorySegment unalignedIn = arena.allocate(onHeap.byteSize() + 1).asSlice(1);
      unalignedIn.copyFrom(onHeap);
      MemorySegment unalignedOut = arena.allocate(bytes + 3).asSlice(3);
      MemorySegment bytesOnHeap = MemorySegment.ofArray(new byte[(int) bytes + 1]).asSlice(1);

      session.reset();
      session.run(unalignedIn, STEPS, unalignedOut);
      assertArrayEquals(expected, unalignedOut.toArray(JAVA_FLOAT_UNALIGNED));

      session.reset();
      session.run(onHeap, STEPS, bytesOnHeap);
      assertArrayEquals(expected, bytesOnHeap.toArray(JAVA_FLOAT_UNALIGNED));
    }
  }

  @ParameterizedTest
  @MethodSource("stepwise")
  void aStepOverSegmentsEqualsAStepOverArrays(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session session = network.newSession(OPTIONS);
        Arena arena = Arena.ofConfined()) {
      Sequence step = Sequence.random(network, 1, BATCH, 7);
      float[] expected = step.step(session);
      MemorySegment x =
          step.tokens() == null
              ? arena.allocateFrom(JAVA_FLOAT_UNALIGNED, step.vectors())
              : arena.allocateFrom(JAVA_INT_UNALIGNED, step.tokens());
      MemorySegment y = arena.allocate((long) expected.length * Float.BYTES);

      session.reset();
      session.step(x, y);

      assertArrayEquals(expected, y.toArray(JAVA_FLOAT_UNALIGNED));
    }
  }

  private static float[] concat(float[] a, float... b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static int[] concat(int[] a, int... b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** A many-to-one network gives every step to who steps, but only the last to who runs. */
  private static float[] lastOf(float[] values, int count) {
    return Arrays.copyOfRange(values, values.length - count, values.length);
  }

  private static void assertSameState(State expected, State actual) {
    for (String layer : expected.layers()) {
      assertArrayEquals(expected.h(layer), actual.h(layer), "h of " + layer);
      if (expected.hasCellState(layer)) {
        assertArrayEquals(expected.c(layer), actual.c(layer), "c of " + layer);
      }
    }
  }
}
