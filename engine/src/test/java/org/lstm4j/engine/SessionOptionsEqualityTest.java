// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads change no bit, in any storage of weights; nor do batches, chunks and steps. */
@Tag("numeric")
@Tag("composition")
class SessionOptionsEqualityTest {
  private static final int STEPS = 7;
  private static final int BATCH = 3;

  /** Runs until workers, which the first one wakes up, take part. */
  private static final int REPEATS = 4;

  static Stream<Arguments> casesAndStorages() {
    return NetworkCase.all()
        .flatMap(networkCase ->
            Arrays.stream(WeightStorage.values())
                .map(storage -> Arguments.of(networkCase, storage)));
  }

  private static SessionOptions options(WeightStorage storage) {
    return SessionOptions.defaults().withBatch(BATCH).withWeights(storage);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("casesAndStorages")
  void anyNumberOfThreadsGivesTheBitsOfOne(NetworkCase networkCase, WeightStorage storage) {
    try (Network network = networkCase.build();
        Session alone = network.newSession(options(storage))) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 11);
      float[] expected = sequence.run(alone);
      for (int threads : new int[] {2, 5}) {
        try (Session shared = network.newSession(options(storage).withThreads(threads))) {
          for (int i = 0; i < REPEATS; i++) {
            shared.reset();
            assertArrayEquals(expected, sequence.run(shared), threads + " threads");
          }
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("casesAndStorages")
  void aBatchRowEqualsItsSequenceAlone(NetworkCase networkCase, WeightStorage storage) {
    try (Network network = networkCase.build();
        Session together = network.newSession(options(storage))) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 12);
      float[] ys = sequence.run(together);
      for (int row = 0; row < BATCH; row++) {
        try (Session alone = network.newSession(options(storage).withBatch(1))) {
          float[] actual = Sequence.row(ys, row, BATCH, network.outputSize());
          assertArrayEquals(sequence.row(row).run(alone), actual, "batch row " + row);
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("casesAndStorages")
  void compactWeightsComeCloseToFloats(NetworkCase networkCase, WeightStorage storage) {
    try (Network network = networkCase.build();
        Session exact = network.newSession(options(WeightStorage.FLOAT32));
        Session compact = network.newSession(options(storage))) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 13);
      float[] expected = sequence.run(exact);
      float[] actual = sequence.run(compact);
      float largest = 1;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int i = 0; i < expected.length; i++) {
        // An error of 2^-8 in each weight, and some layers to grow in.
        assertEquals(expected[i], actual[i], largest * 0x1p-4f);
      }
    }
  }
}
