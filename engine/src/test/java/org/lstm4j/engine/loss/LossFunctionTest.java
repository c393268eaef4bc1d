// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.JvmCounters;
import org.lstm4j.engine.kernel.SessionKernels;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Team;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.engine.training.Loss.Reduction;
import org.lstm4j.engine.training.TrainingGolden;

/** Losses and their gradients against PyTorch's. */
@Tag("numeric")
class LossFunctionTest {
  private static final TrainingGolden GOLDEN = TrainingGolden.read("losses.txt");
  private static final int STEPS = 3;
  private static final int BATCH = 3;
  private static final int ROWS = STEPS * BATCH;
  private static final int[] CLASSES = ints("classes");

  private final Arena arena = Arena.ofShared();
  private final List<Team> teams = new ArrayList<>();

  @AfterEach
  void free() {
    teams.forEach(Team::close);
    arena.close();
  }

  private static int[] ints(String key) {
    return Arrays.stream(GOLDEN.doubles("inputs", key)).mapToInt(value -> (int) value).toArray();
  }

  static Stream<Arguments> losses() {
    List<Float> weights = new ArrayList<>();
    for (int i = 0; i < 19; i++) {
      weights.add((float) (0.5 + 2.5 * i / 18));
    }
    return Stream.of(
            losses("mse", "output", "target", Loss.MeanSquaredError::new),
            losses("mae", "output", "target", Loss.MeanAbsoluteError::new),
            losses("huber", "output", "target", r -> new Loss.Huber(0.7, r)),
            losses("smooth-l1", "output", "target", r -> new Loss.SmoothL1(0.4, r)),
            losses("smooth-l1-zero", "output", "target", r -> new Loss.SmoothL1(0, r)),
            losses("bce", "logits", "chance", r -> binary(List.of(), r)),
            losses("bce-one-weight", "logits", "chance", r -> binary(List.of(2.5f), r)),
            losses("bce-weights", "logits", "chance", r -> binary(weights, r)),
            losses("cross-entropy-100", "wide", null, r -> new Loss.CrossEntropy(-100, r)),
            losses("cross-entropy7", "wide", null, r -> new Loss.CrossEntropy(7, r)))
        .flatMap(cases -> cases);
  }

  private static Loss binary(List<Float> posWeight, Reduction reduction) {
    return new Loss.BinaryCrossEntropyWithLogits(posWeight, reduction);
  }

  private static Stream<Arguments> losses(
      String name, String output, String target, Function<Reduction, Loss> loss) {
    return Stream.of(
        arguments(name + "-mean", output, target, loss.apply(Reduction.MEAN), null),
        arguments(name + "-sum", output, target, loss.apply(Reduction.SUM), null),
        arguments(
            name + "-mean-lengths", output, target, loss.apply(Reduction.MEAN), ints("lengths")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void lossAndGradientAreThoseOfPyTorch(
      String name, String output, String target, Loss loss, int[] lengths) {
    float[] gradient = new float[GOLDEN.floats("inputs", output).length];

    double value = evaluate(loss, output, target, lengths, false, 1, gradient);

    GOLDEN.assertWithinBound(name, "loss", value);
    GOLDEN.assertWithinBound(name, "gradient", gradient);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void neitherThreadsNorTheOrderOfTargetsChangeABit(
      String name, String output, String target, Loss loss, int[] lengths) {
    float[] expected = new float[GOLDEN.floats("inputs", output).length];
    float[] actual = new float[expected.length];

    double expectedLoss = evaluate(loss, output, target, lengths, false, 1, expected);
    double actualLoss = evaluate(loss, output, target, lengths, true, 2, actual);

    assertEquals(expectedLoss, actualLoss, name);
    assertArrayEquals(expected, actual, name);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void anEvaluationAllocatesNothing(
      String name, String output, String target, Loss loss, int[] lengths) {
    Rows rows = rows(GOLDEN.floats("inputs", output));
    Rows gradient = Rows.allocate(arena, ROWS, rows.features());
    LossFunction function = function(loss, rows.features(), false, 1);
    float[] targets = target == null ? null : GOLDEN.floats("inputs", target);
    int[] classes = classesFor(loss);
    double[] sum = new double[1];
    JvmCounters.assertBecomesFree(
        targets == null
            ? () -> sum[0] += function.apply(rows, gradient, classes, STEPS, BATCH, lengths)
            : () -> sum[0] += function.apply(rows, gradient, targets, STEPS, BATCH, lengths));
  }

  @Test
  void aMeanOfNothingIsNoNumberAndItsGradientZero() {
    Rows rows = rows(1, 2, 3, 4);
    Rows gradient = rows(5, 6, 7, 8);
    LossFunction function = function(Loss.crossEntropy(), 4, false, 1);

    double loss = function.apply(rows, gradient, new int[] {-100}, 1, 1, null);

    assertEquals(Double.NaN, loss);
    assertEquals(0, function.counted());
    assertArrayEquals(new float[4], floats(gradient, 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 4})
  void aClassThatIsNoneIsRefusedWithItsPlace(int wrong) {
    Rows rows = rows(new float[16]);
    LossFunction function = function(Loss.crossEntropy(), 4, false, 1);

    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> function.apply(rows, rows, new int[] {0, 1, wrong, 2}, 2, 2, null))
            .getMessage();

    assertTrue(message.contains("time step 1, batch row 0 is class " + wrong), message);
  }

  @Test
  void targetsThatDoNotFitAreRefused() {
    Rows rows = rows(new float[16]);
    LossFunction numbers = function(Loss.meanSquaredError(), 4, false, 1);
    LossFunction classes = function(Loss.crossEntropy(), 4, false, 1);
    assertRefused("3 targets", () -> numbers.apply(rows, rows, new float[3], 1, 1, null));
    assertRefused("not classes", () -> numbers.apply(rows, rows, new int[1], 1, 1, null));
    assertRefused("takes classes", () -> classes.apply(rows, rows, new float[4], 1, 1, null));
    assertRefused("2 targets", () -> classes.apply(rows, rows, new int[2], 1, 1, null));
    assertRefused(
        "2 positive weights", () -> function(binary(List.of(1f, 2f), Reduction.MEAN), 4, false, 1));
    assertRefused("delta", () -> new Loss.Huber(0, Reduction.MEAN));
    assertRefused("beta", () -> new Loss.SmoothL1(-1, Reduction.MEAN));
    assertRefused("positive weight", () -> binary(List.of(-1f), Reduction.MEAN));
  }

  private static void assertRefused(String what, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(what), message);
  }

  private double evaluate(
      Loss loss,
      String output,
      String target,
      int[] lengths,
      boolean batchFirst,
      int threads,
      float[] gradient) {
    Rows rows = rows(GOLDEN.floats("inputs", output));
    Rows slopes = Rows.allocate(arena, ROWS, rows.features());
    slopes.data().fill((byte) 7);
    LossFunction function = function(loss, rows.features(), batchFirst, threads);
    double value;
    if (target == null) {
      int[] classes = classesFor(loss);
      int[] ordered = batchFirst ? batchFirst(classes) : classes;
      value = function.apply(rows, slopes, ordered, STEPS, BATCH, lengths);
    } else {
      float[] targets = GOLDEN.floats("inputs", target);
      float[] ordered = batchFirst ? batchFirst(targets) : targets;
      value = function.apply(rows, slopes, ordered, STEPS, BATCH, lengths);
    }
    System.arraycopy(floats(slopes, gradient.length), 0, gradient, 0, gradient.length);
    return value;
  }

  /** What the goldens ignore, under the number that the loss ignores. */
  private static int[] classesFor(Loss loss) {
    int ignored = loss instanceof Loss.CrossEntropy entropy ? entropy.ignoreIndex() : -100;
    return Arrays.stream(CLASSES).map(target -> target == -100 ? ignored : target).toArray();
  }

  private static int[] batchFirst(int[] values) {
    int[] ordered = new int[values.length];
    for (int row = 0; row < ROWS; row++) {
      ordered[row % BATCH * STEPS + row / BATCH] = values[row];
    }
    return ordered;
  }

  private static float[] batchFirst(float[] values) {
    float[] ordered = new float[values.length];
    int n = values.length / ROWS;
    for (int row = 0; row < ROWS; row++) {
      System.arraycopy(values, row * n, ordered, (row % BATCH * STEPS + row / BATCH) * n, n);
    }
    return ordered;
  }

  private LossFunction function(Loss loss, int features, boolean batchFirst, int threads) {
    SessionKernels kernels = new SessionKernels(threads, new HashSet<>());
    Team team = new Team(threads);
    teams.add(team);
    Resources resources = new Resources(arena, kernels, team, false);
    LossFunction function = new LossFunction(loss, features, batchFirst, ROWS, resources);
    kernels.start();
    return function;
  }

  /** One row of four, or all rows of the goldens. */
  private Rows rows(float... values) {
    int features = values.length > 16 ? values.length / ROWS : 4;
    Rows rows = Rows.allocate(arena, values.length / features, features);
    for (int i = 0; i < values.length; i++) {
      rows.data().set(JAVA_FLOAT, at(rows, i), values[i]);
    }
    return rows;
  }

  private static float[] floats(Rows rows, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = rows.data().get(JAVA_FLOAT, at(rows, i));
    }
    return values;
  }

  private static long at(Rows rows, int i) {
    return rows.offset(i / rows.features()) + (long) (i % rows.features()) * Float.BYTES;
  }
}
