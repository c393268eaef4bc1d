// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * Chooses the kernels of what training needs beside gradients, as {@link SessionKernels} does: each
 * is given to a consumer, and later, when it is compiled, the vector kernel in its place.
 */
public final class TrainingKernels {
  /** Floats of an exercise: whole vectors and some more. */
  private static final int EXERCISE = 4 * PackedGates.MAX_LANES + 3;

  private final Warmup warmup;

  /**
   * Kernels that become ready with those of a session.
   *
   * @param kernels not started yet
   */
  public TrainingKernels(SessionKernels kernels) {
    this.warmup = kernels.warmup();
  }

  /**
   * One step of an optimizer.
   *
   * @param shape what it is made for; its lanes do not matter
   */
  public void parameterUpdate(ParameterUpdate.Shape shape, Consumer<ParameterUpdate> use) {
    ParameterUpdate.Shape widest =
        new ParameterUpdate.Shape(
            shape.rule(),
            shape.weightDecay(),
            shape.momentum(),
            shape.nesterov(),
            shape.centered(),
            shape.amsgrad(),
            Kernels.maxLanes());
    ParameterUpdate scalar = new ScalarParameterUpdate(widest);
    if (Kernels.comparesVectors()) {
      warmup.kernel(
          VectorParameterUpdate.class, widest, TrainingKernels::updateExercise, scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** The sum of squares of gradients. */
  public void sumOfSquares(Consumer<SumOfSquares> use) {
    SumOfSquares scalar = new ScalarSumOfSquares();
    // Without AVX, C2 has no instruction from two floats to two doubles either, and boxes them.
    if (Kernels.comparesVectors()) {
      SumOfSquares.Shape shape = new SumOfSquares.Shape(Math.min(Kernels.maxLanes() / 2, 4));
      warmup.kernel(VectorSumOfSquares.class, shape, TrainingKernels::squaresExercise, scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** What makes gradients smaller. */
  public void gradientLimit(GradientLimit.Operation operation, Consumer<GradientLimit> use) {
    GradientLimit.Shape shape = new GradientLimit.Shape(operation, Kernels.maxLanes());
    GradientLimit scalar = new ScalarGradientLimit(shape);
    if (Kernels.comparesVectors()) {
      warmup.kernel(VectorGradientLimit.class, shape, TrainingKernels::limitExercise, scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  /** The cross-entropy of a row. */
  public void crossEntropy(Consumer<CrossEntropy> use) {
    CrossEntropy scalar = new ScalarCrossEntropy();
    if (Kernels.comparesVectors()) {
      CrossEntropy.Shape shape = new CrossEntropy.Shape(Kernels.maxLanes());
      warmup.kernel(VectorCrossEntropy.class, shape, TrainingKernels::entropyExercise, scalar, use);
    } else {
      use.accept(scalar);
    }
  }

  private static Consumer<ParameterUpdate> updateExercise(Arena arena) {
    MemorySegment row = floats(arena, EXERCISE);
    float[] coefficients = new float[ParameterUpdate.COEFFICIENTS];
    return kernel -> kernel.apply(row, row, row, row, row, coefficients, 0, EXERCISE);
  }

  private static Consumer<SumOfSquares> squaresExercise(Arena arena) {
    MemorySegment row = floats(arena, EXERCISE);
    double[] sum = new double[1];
    return kernel -> sum[0] += kernel.apply(row, 0, EXERCISE);
  }

  private static Consumer<GradientLimit> limitExercise(Arena arena) {
    MemorySegment row = floats(arena, EXERCISE);
    return kernel -> kernel.apply(row, 1, 0, EXERCISE);
  }

  private static Consumer<CrossEntropy> entropyExercise(Arena arena) {
    MemorySegment in = floats(arena, EXERCISE + PackedGates.MAX_LANES);
    MemorySegment out = floats(arena, EXERCISE + PackedGates.MAX_LANES);
    MemorySegment scratch = floats(arena, CrossEntropy.PARTIAL_SUMS);
    double[] sum = new double[1];
    return kernel -> sum[0] += kernel.apply(in, 0, out, 0, scratch, 0, 1, EXERCISE);
  }

  private static MemorySegment floats(Arena arena, long count) {
    return arena.allocate(count * Float.BYTES, 64);
  }
}
