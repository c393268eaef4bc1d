// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.loss;

import org.lstm4j.engine.stage.Rows;

/** The loss of one row of output and its gradient. Threads share one, each at rows of its own. */
sealed interface RowLoss permits DifferenceLoss, BinaryLoss, ClassLoss {
  /**
   * Evaluates a row that counts.
   *
   * @param output what the network gave
   * @param gradient receives the gradient of the row, times {@code scale}
   * @param row of both
   * @param place of the row among the targets
   * @param scale what each loss is multiplied by in the end
   * @param thread index of the calling thread
   * @return the sum of the losses of the row, not scaled
   */
  double apply(Rows output, Rows gradient, long row, int place, double scale, int thread);
}
