// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.OneToMany.Mode;

/** A one-to-many network gives what a plain one gives for the sequence it stands for. */
@Tag("numeric")
class OneToManyTest {
  private static final Layer[] LAYERS = {
    Layer.Lstm.of("lstm", 3, 7), new Layer.Linear("linear", 7, 3, true)
  };
  private static final int STEPS = 6;
  private static final int BATCH = 2;

  @ParameterizedTest
  @EnumSource
  void aRunEqualsThePlainNetworkStepByStep(Mode mode) {
    for (int maxSteps : new int[] {1, 4, STEPS}) {
      SessionOptions options = new SessionOptions(BATCH, BATCH, maxSteps, 1, Optional.empty());
      try (Network plain = RandomWeights.build(Network.builder().add(LAYERS), 1);
          Network oneToMany = network(mode);
          Session stepping = plain.newSession(options);
          Session running = oneToMany.newSession(options)) {
        float[] x = RandomWeights.floats(BATCH * 3, 1, new java.util.Random(1));
        float[] ys = new float[STEPS * BATCH * 3];
        running.run(x, STEPS, ys);

        float[] in = x.clone();
        float[] y = new float[BATCH * 3];
        for (int t = 0; t < STEPS; t++) {
          stepping.step(in, y);
          float[] actual = Arrays.copyOfRange(ys, t * y.length, (t + 1) * y.length);
          assertArrayEquals(y, actual, "step " + t + " in chunks of " + maxSteps);
          switch (mode) {
            case REPEAT -> {}
            case ZEROS -> Arrays.fill(in, 0);
            case FEEDBACK -> in = y.clone();
          }
        }
      }
    }
  }

  @Test
  void aTokenIsRepeated() {
    Layer[] layers = {new Layer.Embedding("embedding", 5, 3), Layer.Lstm.of("lstm", 3, 4)};
    try (Network plain = RandomWeights.build(Network.builder().add(layers), 1);
        Network repeating =
            RandomWeights.build(
                Network.builder().add(layers).oneToMany(new OneToMany(Mode.REPEAT, 3)), 1);
        Session expected = plain.newSession();
        Session actual = repeating.newSession()) {
      float[] ys = new float[12];
      float[] plainYs = new float[12];
      expected.run(new int[] {2, 2, 2}, 3, plainYs);
      actual.run(new int[] {2}, 3, ys);
      assertArrayEquals(plainYs, ys);
    }
  }

  @Test
  void itTakesOneTimeStepAndGivesAsManyAsAreAskedFor() {
    try (Network network = network(Mode.REPEAT);
        Session session = network.newSession()) {
      assertEquals(1, session.inputSteps(9));
      assertEquals(9, session.outputSteps(9));
      assertThrows(
          IllegalArgumentException.class, () -> session.run(new float[27], 9, new float[27]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void itIsMadeForAtLeastOneStep(int steps) {
    assertEquals(
        "a one-to-many network needs steps > 0, not " + steps,
        assertThrows(IllegalArgumentException.class, () -> new OneToMany(Mode.ZEROS, steps))
            .getMessage());
  }

  private static Network network(Mode mode) {
    return RandomWeights.build(
        Network.builder().add(LAYERS).oneToMany(new OneToMany(mode, STEPS)), 1);
  }
}
