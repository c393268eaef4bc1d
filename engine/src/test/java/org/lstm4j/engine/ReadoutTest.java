// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each readout makes of three time steps that anyone can add up. */
@Tag("numeric")
class ReadoutTest {
  private static final float[] SEQUENCE = {1, 10, -4, 8, 3, 6};

  static Stream<Arguments> readouts() {
    Layer.Linear score = new Layer.Linear("score", 2, 1, false);
    return Stream.of(
        arguments(new Layer.ReadLast(2), new float[] {3, 6}),
        arguments(new Layer.ReadFinal(2), new float[] {3, 10}),
        arguments(new Layer.MaxOverTime(2), new float[] {3, 10}),
        arguments(new Layer.MeanOverTime(2), new float[] {0, 8}),
        arguments(new Layer.DecayOverTime(2, 1), new float[] {0, 8}),
        arguments(new Layer.DecayOverTime(2, 0.5f), new float[] {5 / 7f, 50 / 7f}),
        arguments(new Layer.WeightsOverTime(2, List.of(1f, 2f, -1f)), new float[] {-6, 12}),
        arguments(new Layer.WeightsOverTime(2, List.of(0.5f)), new float[] {1.5f, 3}),
        arguments(new Layer.WeightsOverTime(2, List.of(1f, 1f, 1f, 9f)), new float[] {0, 24}),
        arguments(new Layer.AttentionOverTime(2, null, score), new float[] {0, 8}));
  }

  @ParameterizedTest
  @MethodSource("readouts")
  void readsASequence(Layer.Readout readout, float[] expected) {
    assertArrayEquals(expected, read(readout, 3, SEQUENCE), 1e-6f);
  }

  @ParameterizedTest
  @MethodSource("readouts")
  void oneTimeStepAloneIsReadToo(Layer.Readout readout, float[] ignored) {
    assertEquals(2, ignored.length);
    float factor =
        readout instanceof Layer.WeightsOverTime fixed ? fixed.weightsByAge().getFirst() : 1;
    assertArrayEquals(new float[] {5 * factor, -2 * factor}, read(readout, 1, 5, -2), 1e-6f);
  }

  @Test
  void attentionFollowsTheScores() {
    Layer.Linear score = new Layer.Linear("score", 2, 1, false);
    Map<String, Tensor> weights = Map.of("score.weight", Tensor.of(new float[] {1000, 0}, 1, 2));
    try (Network network =
            Network.builder()
                .add(new Layer.AttentionOverTime(2, null, score))
                .build(WeightSource.of(weights));
        Session session = network.newSession()) {
      float[] y = new float[2];
      session.run(SEQUENCE, 3, y);
      assertArrayEquals(new float[] {3, 6}, y, "the step whose first feature is largest");
    }
  }

  @Test
  void aMaximumOfNaNIsNaN() {
    assertArrayEquals(
        new float[] {Float.NaN, 8}, read(new Layer.MaxOverTime(2), 2, 1, 8, Float.NaN, 2));
  }

  /** With scores that are all zero, where it has any. */
  private static float[] read(Layer.Readout readout, int steps, float... sequence) {
    Map<String, Tensor> weights = Map.of("score.weight", Tensor.of(new float[2], 1, 2));
    try (Network network = Network.builder().add(readout).build(WeightSource.of(weights));
        Session session = network.newSession()) {
      float[] y = new float[2];
      session.run(sequence, steps, y);
      return y;
    }
  }
}
