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
  final class Decay implements TimeWeights {
    private final double factor;

    /** factor^0, factor^1 and so on: StrictMath.pow allocates where it is not inlined. */
    private final double[] powers;

    /** For sequences of at most so many time steps. */
    public Decay(float factor, int maxSteps) {
      this.factor = factor;
      this.powers = new double[maxSteps + 1];
      for (int age = 0; age <= maxSteps; age++) {
        powers[age] = StrictMath.pow(factor, age);
      }
    }

    @Override
    public float weight(int age, int steps) {
      if (factor == 1) {
        return (float) (1.0 / steps);
      }
      double sum = (1 - powers[steps]) / (1 - factor);
      return (float) (powers[age] / sum);
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
