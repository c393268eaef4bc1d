// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.lstm4j.engine.training.GradientSession;

/** What a gradient session refuses, each in one sentence. */
class GradientMisuseTest {
  private static final SessionOptions OPTIONS =
      SessionOptions.defaults().withBatch(2).withMaxSteps(4);

  private static final NetworkCase LSTM = NetworkCase.of("lstm", Layer.Lstm.of("lstm", 3, 2));

  private static void assertRefuses(
      Class<? extends Exception> kind, String sentence, Executable call) {
    assertEquals(sentence, assertThrows(kind, call).getMessage());
  }

  @Test
  void aNetworkThatIsFedItsOwnOutputCannotLearnSo() {
    NetworkCase fedBack =
        new NetworkCase(
            "fed back",
            new OneToMany(OneToMany.Mode.FEEDBACK, 3),
            false,
            List.of(Layer.Lstm.of("lstm", 2, 2)));
    try (Network network = fedBack.build()) {
      assertRefuses(
          IllegalArgumentException.class,
          "a network that is fed its own output cannot learn so: build it without OneToMany, and"
              + " train it with the input of each time step given",
          () -> new GradientSession(network, OPTIONS));
    }
  }

  @Test
  void aWindowGoesBackOnceAndBeforeTheStateIsReplaced() {
    try (Network network = LSTM.build();
        GradientSession session = new GradientSession(network, OPTIONS)) {
      String sentence = "there is no window to go back through: run one first";
      float[] ys = new float[8];
      assertRefuses(IllegalStateException.class, sentence, () -> session.backward(ys));

      session.run(new float[12], 2, ys);
      session.backward(ys);
      assertRefuses(IllegalStateException.class, sentence, () -> session.backward(ys));

      session.run(new float[12], 2, ys);
      session.state(State.zeros(network, 2));
      assertRefuses(IllegalStateException.class, sentence, () -> session.backward(ys));
    }
  }

  @Test
  void gradientsOfAWindowAreAskedForAfterItsBackward() {
    try (Network network = LSTM.build();
        GradientSession session = new GradientSession(network, OPTIONS)) {
      String sentence = "no window has gone back yet: run one, then backward";
      session.run(new float[12], 2, new float[8]);
      float[] xs = new float[12];
      assertRefuses(IllegalStateException.class, sentence, () -> session.inputGradient(xs));
      assertRefuses(IllegalStateException.class, sentence, session::initialStateGradient);
    }
  }

  @Test
  void arraysOfAWrongSizeAreRefused() {
    try (Network network = LSTM.build();
        GradientSession session = new GradientSession(network, OPTIONS)) {
      session.run(new float[12], 2, new float[8]);
      assertRefuses(
          IllegalArgumentException.class,
          "the gradient of the output has 7 elements, the output 8",
          () -> session.backward(new float[7]));
      session.backward(new float[8]);
      assertRefuses(
          IllegalArgumentException.class,
          "the gradient of the input has 12 elements, not 6",
          () -> session.inputGradient(new float[6]));
      assertRefuses(
          IllegalArgumentException.class,
          "a window has at most maxSteps 4 time steps, not 5: raise SessionOptions.maxSteps",
          () -> session.run(new float[30], 5, new float[20]));
    }
  }

  @Test
  void theInputThatIsGivenToAllStepsHasOneGradient() {
    NetworkCase repeated =
        new NetworkCase(
            "repeated",
            new OneToMany(OneToMany.Mode.REPEAT, 3),
            false,
            List.of(new Layer.Linear("linear", 1, 1, false)));
    try (Network network = repeated.build();
        GradientSession session = new GradientSession(network, OPTIONS)) {
      session.run(new float[] {1, 2}, 3, new float[6]);
      session.backward(new float[] {1, 1, 1, 1, 1, 2});
      float[] gradient = new float[2];
      session.inputGradient(gradient);
      float weight = network.parameter("linear.weight").get(0);
      assertEquals(3 * weight, gradient[0], 1e-6f);
      assertEquals(4 * weight, gradient[1], 1e-6f);
      assertEquals(1 * 3 + 2 * 4, session.gradient("linear.weight").get(0), 1e-6f);
    }
  }
}
