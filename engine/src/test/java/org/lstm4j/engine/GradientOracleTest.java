// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.training.GradientSession;

/**
 * Gradients against differences of the double precision evaluation, which knows nothing of them:
 * the loss is the sum of all outputs and all final states, each times a number of its own.
 *
 * <p>Of a small tensor each element is moved by itself. Of a large one some are, and then all of
 * them at once, each up or down at random, a few times over: so that no element is left out.
 */
@Tag("numeric")
class GradientOracleTest {
  private static final int STEPS = 5;
  private static final int BATCH = 3;

  /**
   * The step of the differences, of which all values are multiples, so that sums are exact. Small,
   * so that hardly ever a kink or a change of the maximum lies within it.
   */
  private static final float H = 0x1p-18f;

  /** Of the largest gradient of the tensor: what sums of float32 cost. */
  private static final double TOLERANCE = 4e-6;

  /** A gradient that is zero, by its formula, is no larger than the rounding of its terms. */
  private static final double LEAST = 0.02;

  private static final int SMALL = 20;
  private static final int SINGLE_ELEMENTS = 8;
  private static final int DIRECTIONS = 3;

  static Stream<NetworkCase> networks() {
    return NetworkCase.all().filter(NetworkCase::learns);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void gradientsAreThoseOfDifferences(NetworkCase networkCase) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    networkCase.weights().forEach((name, tensor) -> weights.put(name, onGrid(tensor)));
    SessionOptions options = SessionOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS);
    try (Network network = networkCase.build(weights);
        GradientSession session = new GradientSession(network, options)) {
      Random random = new Random(7);
      Loss loss = Loss.random(network, weights, random);
      session.state(loss.start);
      run(session, loss.sequence);
      session.backward(loss.ofOutput, loss.ofState);

      for (Parameter parameter : network.parameters()) {
        float[] gradient = session.gradient(parameter.name()).toArray();
        float[] values = weights.get(parameter.name()).toArray();
        assertClose(
            parameter.name(), values, gradient, random, at -> loss.with(parameter, at).value());
      }
      if (!network.takesTokens()) {
        float[] xs = loss.sequence.vectors();
        float[] gradient = new float[xs.length];
        session.inputGradient(gradient);
        assertClose("input", xs, gradient, random, at -> loss.withInput(at).value());
      }
      assertStates(loss, session.initialStateGradient(), random);
    }
  }

  private static void assertStates(Loss loss, State gradient, Random random) {
    for (String layer : gradient.layers()) {
      float[] h = loss.start.h(layer);
      assertClose("h0", h, gradient.h(layer), random, at -> loss.at(h, at));
      if (gradient.hasCellState(layer)) {
        float[] c = loss.start.c(layer);
        assertClose("c0", c, gradient.c(layer), random, at -> loss.at(c, at));
      }
    }
  }

  private static void run(GradientSession session, Sequence sequence) {
    Network network = sequence.network();
    int steps = network.readout().isPresent() ? 1 : STEPS;
    float[] ys = new float[steps * BATCH * network.outputSize()];
    if (sequence.tokens() != null) {
      session.run(sequence.tokens(), STEPS, null, ys);
    } else {
      session.run(sequence.vectors(), STEPS, ys);
    }
  }

  /** The loss in double precision. */
  private record Loss(
      Network network,
      Map<String, Tensor> weights,
      Sequence sequence,
      State start,
      float[] ofOutput,
      State ofState) {
    static Loss random(Network network, Map<String, Tensor> weights, Random random) {
      Sequence sequence = Sequence.random(network, STEPS, BATCH, 8);
      if (sequence.vectors() != null) {
        sequence = new Sequence(network, STEPS, BATCH, onGrid(sequence.vectors()), null);
      }
      int steps = network.readout().isPresent() ? 1 : STEPS;
      float[] ofOutput = RandomWeights.floats(steps * BATCH * network.outputSize(), 1, random);
      return new Loss(
          network, weights, sequence, state(network, random), ofOutput, state(network, random));
    }

    private static State state(Network network, Random random) {
      State state = State.zeros(network, BATCH);
      for (String layer : state.layers()) {
        fill(state.h(layer), random);
        if (state.hasCellState(layer)) {
          fill(state.c(layer), random);
        }
      }
      return state;
    }

    private static void fill(float[] values, Random random) {
      float[] chosen = onGrid(RandomWeights.floats(values.length, 0.9f, random));
      System.arraycopy(chosen, 0, values, 0, values.length);
    }

    Loss with(Parameter parameter, float... values) {
      Map<String, Tensor> others = new LinkedHashMap<>(weights);
      others.put(parameter.name(), Tensor.of(values, parameter.shapeArray()));
      return new Loss(network, others, sequence, start, ofOutput, ofState);
    }

    Loss withInput(float... xs) {
      Sequence other = new Sequence(network, STEPS, BATCH, xs, null);
      return new Loss(network, weights, other, start, ofOutput, ofState);
    }

    /** The value with other values in a part of the initial state. */
    double at(float[] partOfStart, float... values) {
      float[] kept = partOfStart.clone();
      System.arraycopy(values, 0, partOfStart, 0, values.length);
      double value = value();
      System.arraycopy(kept, 0, partOfStart, 0, kept.length);
      return value;
    }

    double value() {
      ReferenceNetwork reference =
          new ReferenceNetwork(network, weights, BATCH, DoubleUnaryOperator.identity());
      reference.state(start);
      double sum = product(reference.run(sequence), ofOutput);
      for (String layer : ofState.layers()) {
        sum += product(reference.h(layer), ofState.h(layer));
        if (ofState.hasCellState(layer)) {
          sum += product(reference.c(layer), ofState.c(layer));
        }
      }
      return sum;
    }

    private static double product(double[] a, float[] b) {
      double sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += a[i] * b[i];
      }
      return sum;
    }
  }

  private interface Function {
    double of(float[] values);
  }

  private static void assertClose(
      String what, float[] values, float[] gradient, Random random, Function loss) {
    double largest = LEAST;
    for (float g : gradient) {
      largest = Math.max(largest, Math.abs(g));
    }
    boolean small = values.length <= SMALL;
    for (int i = 0; i < (small ? values.length : SINGLE_ELEMENTS); i++) {
      float[] direction = new float[values.length];
      direction[small ? i : random.nextInt(values.length)] = 1;
      assertClose(what, values, gradient, direction, largest, loss);
    }
    for (int i = 0; i < (small ? 0 : DIRECTIONS); i++) {
      float[] direction = new float[values.length];
      for (int k = 0; k < direction.length; k++) {
        direction[k] = random.nextBoolean() ? 1 : -1;
      }
      assertClose(what, values, gradient, direction, largest * Math.sqrt(values.length), loss);
    }
  }

  private static void assertClose(
      String what,
      float[] values,
      float[] gradient,
      float[] direction,
      double largest,
      Function loss) {
    double difference =
        (loss.of(moved(values, direction, H)) - loss.of(moved(values, direction, -H))) / (2 * H);
    double slope = 0;
    for (int i = 0; i < values.length; i++) {
      slope += (double) gradient[i] * direction[i];
    }
    double error = Math.abs(difference - slope);
    assertTrue(
        error <= TOLERANCE * largest,
        "%s: %.9g, not %.9g; error %.3g, largest gradient %.3g"
            .formatted(what, slope, difference, error, largest));
  }

  private static float[] moved(float[] values, float[] direction, float step) {
    float[] moved = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      moved[i] = values[i] + step * direction[i];
    }
    return moved;
  }

  private static Tensor onGrid(Tensor tensor) {
    return Tensor.of(onGrid(tensor.toArray()), tensor.shape());
  }

  private static float[] onGrid(float... values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = Math.round(values[i] / H) * H;
    }
    return rounded;
  }
}
