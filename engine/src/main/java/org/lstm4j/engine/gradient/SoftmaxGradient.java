// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import org.lstm4j.engine.kernel.ScalarMath;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/**
 * The way back through softmax, {@code dx_i = y_i (dy_i - sum_j dy_j y_j)}, and log-softmax, {@code
 * dx_i = dy_i - exp(y_i) sum_j dy_j}. Sums are in double precision.
 */
public final class SoftmaxGradient extends RowGradient {
  private final Rows output;
  private final boolean logarithm;

  /**
   * Lays it out.
   *
   * @param output what the stage gave
   * @param logarithm whether it is log-softmax
   */
  public SoftmaxGradient(
      Rows output,
      boolean logarithm,
      Rows outputGradient,
      Rows inputGradient,
      Resources resources) {
    super(outputGradient, inputGradient, resources);
    this.output = output;
    this.logarithm = logarithm;
  }

  @Override
  void back(long row) {
    double sum = 0;
    for (int i = 0; i < output.features(); i++) {
      double dy = outputGradient.get(row, i);
      sum += logarithm ? dy : dy * output.get(row, i);
    }
    for (int i = 0; i < output.features(); i++) {
      float y = output.get(row, i);
      float dy = outputGradient.get(row, i);
      double dx = logarithm ? dy - ScalarMath.exp(y) * sum : y * (dy - sum);
      inputGradient.set(row, i, (float) dx);
    }
  }
}
