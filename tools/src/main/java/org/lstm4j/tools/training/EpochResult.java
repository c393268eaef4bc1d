// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

/**
 * What an epoch came to. In single precision, as it is stored in a checkpoint: a run that was
 * interrupted reports the same numbers.
 *
 * @param epoch from 1
 * @param loss the mean over everything that was learnt, each before its update
 * @param validationLoss after the epoch; NaN where there is no validation data
 * @param learningRate of the epoch
 * @param elements tokens, or numbers, that the loss is the mean of
 * @param seconds that learning took, without validation and checkpoints
 */
public record EpochResult(
    long epoch,
    float loss,
    float validationLoss,
    float learningRate,
    float elements,
    float seconds) {

  /** {@return the loss that decides when a run stops: of the validation data, if there is any} */
  public float decisiveLoss() {
    return Float.isNaN(validationLoss) ? loss : validationLoss;
  }

  /** {@return elements learnt in a second} */
  public double elementsPerSecond() {
    return elements / Math.max(seconds, 1e-9);
  }
}
