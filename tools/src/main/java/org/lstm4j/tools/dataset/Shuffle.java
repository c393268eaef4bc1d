// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Orders at random that can be drawn again. */
final class Shuffle {
  /** Seeds that follow each other must not give the orders of the other's epochs. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Shuffle() {}

  /**
   * The items in another order, by Fisher and Yates.
   *
   * @param items stay as they are
   * @param epoch each has its own order
   */
  static int[] of(int[] items, long seed, long epoch) {
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(seed * GOLDEN + epoch);
    int[] order = items.clone();
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int item = order[i];
      order[i] = order[other];
      order[other] = item;
    }
    return order;
  }
}
