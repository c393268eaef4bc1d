// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

/** What a classifier decides for. */
public final class HighestScore {
  private HighestScore() {}

  /**
   * The class with the highest score; of equal ones, the first.
   *
   * @param scores of all sequences, [sequence, class]
   * @param sequence whose class is asked for
   * @param classes how many there are
   */
  public static int of(float[] scores, int sequence, int classes) {
    int from = sequence * classes;
    int best = 0;
    for (int i = 1; i < classes; i++) {
      best = scores[from + i] > scores[from + best] ? i : best;
    }
    return best;
  }
}
