// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import org.lstm4j.tools.training.EpochResult;

/** What an epoch came to, in a line for people. */
final class EpochLine {
  private EpochLine() {}

  static String of(EpochResult result, TrainingTask task) {
    StringBuilder line = new StringBuilder("epoch ").append(result.epoch()).append(": ");
    line.append(losses("", result.loss(), task));
    if (!Float.isNaN(result.validationLoss())) {
      line.append(", ").append(losses("validation ", result.validationLoss(), task));
    }
    return line.append(", ").append(speed(result.elementsPerSecond(), task)).toString();
  }

  /** A loss, and the perplexity where there is one. */
  static String losses(String of, double loss, TrainingTask task) {
    String text = of + "loss " + Digits.three(loss);
    return task.hasPerplexity()
        ? text + ", %sperplexity %s".formatted(of, Digits.three(Math.exp(loss)))
        : text;
  }

  static String speed(double elementsPerSecond, TrainingTask task) {
    return "%s %s/s".formatted(Digits.three(elementsPerSecond), task.unit());
  }
}
