// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
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
 * the loss is the sum of all outputs, each times a number of its own.
 */
@Tag("numeric")
class GradientOracleTest {
  private static final int STEPS = 5;
  private static final int BATCH = 3;

  /**
   * A step of the differences. Weights are multiples of a fraction of it, so that sums are exact.
   */
  private static final float H = 0x1p-7f;

  private static final float GRID = 0x1p-14f;

  /** Of the largest gradient: float32 sums and the fourth power of {@link #H}. */
  private static final double TOLERANCE = 4e-6;

  static Stream<NetworkCase> networks() {
    return Stream.of(
        NetworkCase.of("lstm", Layer.Lstm.of("lstm", 3, 5)),
        NetworkCase.of("linear", new Layer.Linear("linear", 3, 4, true)),
        NetworkCase.of(
            "stacked in both directions",
            new Layer.Lstm("lstm", 3, 4, 2, true, true, 0, false),
            new Layer.Linear("linear", 8, 2, true)),
        NetworkCase.of(
            "projections in both directions",
            new Layer.Lstm("lstm", 3, 5, 2, true, true, 2, false)),
        NetworkCase.of("without biases", new Layer.Lstm("lstm", 2, 17, 1, false, false, 0, false)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void gradientsAreThoseOfDifferences(NetworkCase networkCase) {
    Random random = new Random(7);
    Map<String, Tensor> weights = new LinkedHashMap<>();
    networkCase.weights().forEach((name, tensor) -> weights.put(name, onGrid(tensor)));
    try (Network network = networkCase.build(weights);
        GradientSession session =
            new GradientSession(
                network, SessionOptions.defaults().withBatch(BATCH).withMaxSteps(STEPS))) {
      float[] xs = onGrid(RandomWeights.floats(STEPS * BATCH * network.inputSize(), 1, random));
      float[] ys = new float[STEPS * BATCH * network.outputSize()];
      float[] outputGradient = RandomWeights.floats(ys.length, 1, random);
      Loss loss = new Loss(network, weights, xs, outputGradient);

      session.run(xs, STEPS, ys);
      session.backward(outputGradient);

      for (Parameter parameter : network.parameters()) {
        float[] gradient = session.gradient(parameter.name()).toArray();
        assertClose(parameter.name(), loss.differences(parameter), gradient);
      }
      float[] inputGradient = new float[xs.length];
      session.inputGradient(inputGradient);
      assertClose("input", loss.differences(), inputGradient);
    }
  }

  /** The loss in double precision. */
  private record Loss(
      Network network, Map<String, Tensor> weights, float[] xs, float[] outputGradient) {
    double value(Map<String, Tensor> parameters, float[] input) {
      ReferenceNetwork reference =
          new ReferenceNetwork(network, parameters, BATCH, DoubleUnaryOperator.identity());
      double[] ys = reference.run(new Sequence(network, STEPS, BATCH, input, null));
      double sum = 0;
      for (int i = 0; i < ys.length; i++) {
        sum += ys[i] * outputGradient[i];
      }
      return sum;
    }

    double[] differences(Parameter parameter) {
      float[] values = weights.get(parameter.name()).toArray();
      return differences(
          values,
          changed -> {
            Map<String, Tensor> others = new LinkedHashMap<>(weights);
            others.put(parameter.name(), Tensor.of(changed, parameter.shapeArray()));
            return value(others, xs);
          });
    }

    double[] differences() {
      return differences(xs, changed -> value(weights, changed));
    }

    private interface Function {
      double of(float[] values);
    }

    /** Of fourth order: a wrong term would have to be as small as the fourth power of the step. */
    private static double[] differences(float[] values, Function function) {
      double[] result = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        float[] changed = values.clone();
        double[] at = new double[4];
        int[] steps = {-2, -1, 1, 2};
        for (int k = 0; k < steps.length; k++) {
          changed[i] = values[i] + steps[k] * H;
          at[k] = function.of(changed);
        }
        result[i] = (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * H);
      }
      return result;
    }
  }

  private static Tensor onGrid(Tensor tensor) {
    return Tensor.of(onGrid(tensor.toArray()), tensor.shape());
  }

  private static float[] onGrid(float[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = Math.round(values[i] / GRID) * GRID;
    }
    return rounded;
  }

  private static void assertClose(String what, double[] expected, float[] actual) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      error = Math.max(error, Math.abs(expected[i] - actual[i]));
    }
    assertTrue(
        error <= TOLERANCE * largest,
        "%s: error %.3g, largest gradient %.3g".formatted(what, error, largest));
  }
}
