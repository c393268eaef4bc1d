// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

/** What the settings of training may be. */
final class Limits {
  private Limits() {}

  static void requireFinite(String what, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(what + " must be a finite number, not " + value);
    }
  }

  static void requireNotNegative(String what, double value) {
    if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(what + " must be 0 or more, not " + value);
    }
  }

  static void requirePositive(String what, double value) {
    if (!(value > 0) || value == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(what + " must be more than 0, not " + value);
    }
  }

  static void requirePositive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(what + " must be 1 or more, not " + value);
    }
  }

  static void requireAdam(
      double learningRate, double beta1, double beta2, double eps, double weightDecay) {
    requireNotNegative("the learning rate", learningRate);
    requireBeta("beta1", beta1);
    requireBeta("beta2", beta2);
    requireNotNegative("eps", eps);
    requireNotNegative("the weight decay", weightDecay);
  }

  private static void requireBeta(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(what + " must be in [0, 1), not " + value);
    }
  }
}
