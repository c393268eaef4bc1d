// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

/** How much a time step counts in a weighted sum, fixed beforehand. */
public sealed interface TimeWeights {
  /**
   * The weight of the time step that many steps before the newest one.
   *
   * @param age 0 for the newest step
   * @param steps length of the sequence
   */
  float weight(int age, int steps);

  /** Every step counts the same. */
  record Mean() implements TimeWeights {
    @Override
    public float weight(int age, int steps) {
      return (float) (1.0 / steps);
    }
  }

  /** factor^age, scaled so that all weights add up to one. */
  record Decay(float factor) implements TimeWeights {
    @Override
    public float weight(int age, int steps) {
      if (factor == 1) {
        return (float) (1.0 / steps);
      }
      double sum = (1 - StrictMath.pow(factor, steps)) / (1 - (double) factor);
      return (float) (StrictMath.pow(factor, age) / sum);
    }
  }

  /** Given weights, newest first; older steps count nothing. */
  record ByAge(float[] weights) implements TimeWeights {
    @Override
    public float weight(int age, int steps) {
      return age < weights.length ? weights[age] : 0;
    }
  }
}
