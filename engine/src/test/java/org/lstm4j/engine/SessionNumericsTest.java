// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("numeric")
class SessionNumericsTest {
  static Stream<NetworkCase> all() {
    return NetworkCase.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aNaNInTheInputOfABatchRowSpoilsThatRowAlone(NetworkCase networkCase) {
    try (Network network = networkCase.build();
        Session session = network.newSession(SessionOptions.defaults().withBatch(2));
        Session clean = network.newSession()) {
      Sequence sequence = Sequence.random(network, 3, 2, 11);
      if (network.takesTokens()) {
        return;
      }
      Arrays.fill(sequence.vectors(), 0, network.inputSize(), Float.NaN);

      float[] ys = sequence.run(session);

      float[] spoilt = Sequence.row(ys, 0, 2, network.outputSize());
      assertTrue(hasNaN(spoilt), () -> Arrays.toString(spoilt));
      assertArrayEquals(sequence.row(1).run(clean), Sequence.row(ys, 1, 2, network.outputSize()));
    }
  }

  private static boolean hasNaN(float[] values) {
    for (float value : values) {
      if (Float.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void anInfiniteInputSaturatesTheGates(float x) {
    try (Network network = network(1, 1, 1, 1);
        Session session = network.newSession()) {
      float[] y = new float[1];
      session.step(new float[] {x}, y);

      // i = f = o = 1 and g = 1, or i = f = o = 0.
      float c = x > 0 ? 1 : 0;
      assertEquals(c, session.state().c("lstm")[0]);
      assertEquals(Math.tanh(c), y[0], 1e-6);
    }
  }

  @Test
  void anInfiniteWeightTimesZeroIsNaN() {
    try (Network network = network(Float.POSITIVE_INFINITY, 1, 1, 1);
        Session session = network.newSession()) {
      float[] y = new float[1];
      session.step(new float[] {0}, y);
      assertEquals(Float.NaN, y[0]);
    }
  }

  @Test
  void aDecayingStateReachesZeroAndIsNeverSubnormal() {
    // f = 1/2 and g = 0: the cell state halves with each step.
    try (Network network = network(0, 0, 0, 0);
        Session session = network.newSession()) {
      State state = session.state();
      state.c("lstm")[0] = 1;
      session.setState(state);
      float[] x = new float[1];
      float[] h = new float[1];
      for (int t = 1; t <= 126; t++) {
        session.step(x, h);
        session.copyStateTo(state);
        assertEquals(Math.scalb(1f, -t), state.c("lstm")[0], "c after step " + t);
        assertNotSubnormal(h[0]);
      }
      session.step(x, h);
      session.copyStateTo(state);
      assertEquals(0f, state.c("lstm")[0], "2^-127 is flushed");
      assertEquals(0f, h[0]);
    }
  }

  @Test
  void aProjectedStateIsNeverSubnormal() {
    Layer.Lstm lstm = new Layer.Lstm("lstm", 1, 2, 1, false, false, 1, false);
    Map<String, Tensor> weights = new HashMap<>();
    for (Parameter parameter : lstm.parameters()) {
      float[] values = new float[(int) parameter.size()];
      Arrays.fill(values, parameter.name().contains("hr") ? Float.MIN_NORMAL : 0.25f);
      weights.put(parameter.name(), Tensor.of(values, parameter.shapeArray()));
    }
    try (Network network = Network.builder().add(lstm).build(WeightSource.of(weights));
        Session session = network.newSession()) {
      float[] y = new float[1];
      session.step(new float[] {1}, y);
      assertEquals(0f, y[0]);
      assertEquals(0f, session.state().h("lstm")[0]);
    }
  }

  private static void assertNotSubnormal(float value) {
    assertTrue(value == 0 || Math.abs(value) >= Float.MIN_NORMAL, () -> "subnormal " + value);
  }

  /** One unit with these input weights of the gates i, f, g and o, and no others. */
  private static Network network(float i, float f, float g, float o) {
    Layer.Lstm lstm = new Layer.Lstm("lstm", 1, 1, 1, false, false, 0, false);
    return Network.builder()
        .add(lstm)
        .build(
            WeightSource.of(
                Map.of(
                    "lstm.weight_ih_l0", Tensor.of(new float[] {i, f, g, o}, 4, 1),
                    "lstm.weight_hh_l0", Tensor.of(new float[4], 4, 1))));
  }
}
