// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.optimization;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.engine.JvmCounters;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.gradient.ParameterMemory;
import org.lstm4j.engine.kernel.SessionKernels;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Team;
import org.lstm4j.engine.training.Clipping;
import org.lstm4j.engine.training.TrainingGolden;

@Tag("numeric")
class GradientClippingTest {
  private static final TrainingGolden GOLDEN = TrainingGolden.read("clipping.txt");
  private static final int WEIGHTS = 30;

  private final float[] gradients = GOLDEN.floats("gradients", "gradients");
  private final Arena arena = Arena.ofShared();
  private final ParameterMemory memory =
      new ParameterMemory(
          List.of(
              new Parameter("weight", List.of((long) WEIGHTS)),
              new Parameter("bias", List.of((long) gradients.length - WEIGHTS))),
          arena);

  @AfterEach
  void free() {
    arena.close();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 5, 100})
  void clippingByNormIsThatOfPyTorch(double limit) {
    double norm = clip(Clipping.byNorm(limit), 1);

    GOLDEN.assertWithinBound("norm-" + limit, "norm", norm);
    GOLDEN.assertWithinBound("norm-" + limit, "clipped", all());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 5, 100})
  void clippingByValueIsThatOfPyTorch(double limit) {
    clip(Clipping.byValue(limit), 1);

    GOLDEN.assertWithinBound("value-" + limit, "clipped", all());
  }

  @Test
  void withoutClippingGradientsAreMeasuredOnly() {
    double norm = clip(Clipping.none(), 1);

    GOLDEN.assertWithinBound("norm-0.5", "norm", norm);
    assertArrayEquals(gradients, all());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aGradientThatIsNotFiniteIsSeenInTheNormAndNothingIsClipped(float bad) {
    gradients[WEIGHTS + 2] = bad;
    for (Clipping clipping :
        List.of(Clipping.none(), Clipping.byNorm(0.5), Clipping.byValue(0.5))) {
      double norm = clip(clipping, 1);

      assertEquals(Float.isNaN(bad) ? Double.NaN : Double.POSITIVE_INFINITY, norm);
      assertArrayEquals(gradients, all());
    }
  }

  @Test
  void theSquaresOfLargeGradientsDoNotOverflow() {
    Arrays.fill(gradients, 1e30f);

    double norm = clip(Clipping.byNorm(1), 1);

    assertEquals(1e30f * Math.sqrt(gradients.length), norm, 1e17);
    assertEquals(1 / Math.sqrt(gradients.length), all()[0], 1e-7);
  }

  @Test
  void whatDoesNotLearnDoesNotCount() {
    load();
    GradientClipping clipping = clipping(Clipping.byNorm(1e-3), "bias", 1);

    double norm = clipping.clip(memory.gradients());

    double sum = 0;
    for (int i = WEIGHTS; i < gradients.length; i++) {
      sum += (double) gradients[i] * gradients[i];
    }
    assertEquals(Math.sqrt(sum), norm, 1e-12);
    assertArrayEquals(Arrays.copyOf(gradients, WEIGHTS), Arrays.copyOf(all(), WEIGHTS));
  }

  @Test
  void threadsChangeNoBit() {
    double alone = clip(Clipping.byNorm(0.5), 1);
    float[] expected = all();

    assertEquals(alone, clip(Clipping.byNorm(0.5), 2));
    assertArrayEquals(expected, all());
  }

  @Test
  void clippingAllocatesNothing() {
    load();
    GradientClipping byNorm = clipping(Clipping.byNorm(1e-3), null, 1);
    GradientClipping byValue = clipping(Clipping.byValue(1e-3), null, 1);
    double[] norm = new double[1];

    JvmCounters.assertBecomesFree(() -> norm[0] += byNorm.clip(memory.gradients()));
    JvmCounters.assertBecomesFree(() -> norm[0] += byValue.clip(memory.gradients()));
  }

  private double clip(Clipping how, int threads) {
    load();
    return clipping(how, null, threads).clip(memory.gradients());
  }

  private void load() {
    memory.gradients("weight").copyFrom(MemorySegment.ofArray(gradients).asSlice(0, 4 * WEIGHTS));
    memory.gradients("bias").copyFrom(MemorySegment.ofArray(gradients).asSlice(4 * WEIGHTS));
  }

  /**
   * Made ready.
   *
   * @param only the one parameter that learns, or {@code null} for all
   */
  private GradientClipping clipping(Clipping how, String only, int threads) {
    SessionKernels kernels = new SessionKernels(threads, new HashSet<>());
    Team team = new Team(threads);
    Resources resources = new Resources(arena, kernels, team, false);
    var learning = new LearningParameters(memory, name -> only == null || only.equals(name));
    GradientClipping clipping = new GradientClipping(how, learning, resources);
    kernels.start();
    return clipping;
  }

  private float[] all() {
    float[] all = Arrays.copyOf(memory.gradients("weight").toArray(JAVA_FLOAT), gradients.length);
    System.arraycopy(
        memory.gradients("bias").toArray(JAVA_FLOAT), 0, all, WEIGHTS, gradients.length - WEIGHTS);
    return all;
  }
}
