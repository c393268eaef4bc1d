// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

import java.time.Duration;

/**
 * When a run stops, and when it saves. What is compared is the validation loss, or the training
 * loss where there is no validation data.
 *
 * @param epochs the most epochs
 * @param patience epochs in a row without a new lowest loss after which the run stops; 0 for never
 * @param lossGoal the run stops when the loss is no higher; {@link Double#NEGATIVE_INFINITY} for no
 *     goal
 * @param checkpointInterval the longest time without a checkpoint
 * @param checkpointEpochs epochs after which there is a checkpoint at the latest; 0 for any number
 */
public record RunOptions(
    long epochs,
    long patience,
    double lossGoal,
    Duration checkpointInterval,
    long checkpointEpochs) {
  /** Checks the numbers. */
  public RunOptions {
    if (epochs < 1 || patience < 0 || checkpointEpochs < 0) {
      throw new IllegalArgumentException(
          "epochs must be at least 1, patience and checkpoint epochs at least 0, not %d, %d and %d"
              .formatted(epochs, patience, checkpointEpochs));
    }
    if (Double.isNaN(lossGoal)) {
      throw new IllegalArgumentException("the loss goal must be a number, not NaN");
    }
  }
}
