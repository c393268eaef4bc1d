// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.optimization;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.GradientLimit;
import org.lstm4j.engine.kernel.SumOfSquares;
import org.lstm4j.engine.kernel.TrainingKernels;
import org.lstm4j.engine.stage.Product;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Team;
import org.lstm4j.engine.training.Clipping;

/**
 * Measures gradients and makes them smaller. Used by one thread at a time, which shares the work
 * with its team; allocates nothing in {@link #clip}.
 */
public final class GradientClipping implements Team.Task {
  /** So that a norm of 0 can divide; PyTorch's. */
  private static final double EPS = 1e-6;

  private final Clipping clipping;
  private final LearningParameters learning;
  private final Resources resources;

  /** Of each block, the sum of squares. */
  private final double[] squares;

  // Not final: see SessionKernels.
  private SumOfSquares sumOfSquares;
  private GradientLimit gradientLimit;

  private MemorySegment gradients;
  private float limit;
  private boolean measures;

  /**
   * Prepares it.
   *
   * @param resources whose kernels are not started yet
   */
  public GradientClipping(Clipping clipping, LearningParameters learning, Resources resources) {
    this.clipping = clipping;
    this.learning = learning;
    this.resources = resources;
    this.squares = new double[learning.blocks()];
    TrainingKernels kernels = new TrainingKernels(resources.kernels());
    kernels.sumOfSquares(kernel -> sumOfSquares = kernel);
    switch (clipping) {
      case Clipping.None _ -> {}
      case Clipping.ByNorm _ ->
          kernels.gradientLimit(GradientLimit.Operation.SCALE, kernel -> gradientLimit = kernel);
      case Clipping.ByValue _ ->
          kernels.gradientLimit(GradientLimit.Operation.CLAMP, kernel -> gradientLimit = kernel);
    }
  }

  /**
   * Clips the gradients of the parameters that learn, in place; gradients that are not all finite
   * are left as they are.
   *
   * @param all laid out as {@link LearningParameters} says
   * @return the root of the sum of their squares before that: infinite or NaN if not all are finite
   */
  public double clip(MemorySegment all) {
    gradients = all;
    measures = true;
    resources.run(this);
    double sum = 0;
    for (double part : squares) {
      sum += part;
    }
    double norm = Math.sqrt(sum);
    if (Double.isFinite(norm)) {
      limit(norm);
    }
    gradients = null;
    return norm;
  }

  private void limit(double norm) {
    switch (clipping) {
      case Clipping.None _ -> {}
      case Clipping.ByNorm byNorm -> {
        double factor = byNorm.maxNorm() / (norm + EPS);
        if (factor < 1) {
          limitTo((float) factor);
        }
      }
      case Clipping.ByValue byValue -> limitTo((float) byValue.clipValue());
    }
  }

  private void limitTo(float value) {
    limit = value;
    measures = false;
    resources.run(this);
  }

  @Override
  public void part(int index, int count) {
    int end = Product.share(learning.blocks(), index + 1, count);
    for (int block = Product.share(learning.blocks(), index, count); block < end; block++) {
      if (measures) {
        squares[block] = sumOfSquares.apply(gradients, learning.from(block), learning.end(block));
      } else {
        gradientLimit.apply(gradients, limit, learning.from(block), learning.end(block));
      }
    }
  }
}
