// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.process;

import org.HdrHistogram.Histogram;

/** A loop that does nothing but look at the clock: what it misses, the machine took. */
final class BusyLoop {
  private BusyLoop() {}

  /**
   * Looks at the clock for a while.
   *
   * @param nanos how long
   * @param gaps receives the time between two looks
   */
  static void run(long nanos, Histogram gaps) {
    long start = System.nanoTime();
    long last = start;
    while (last - start < nanos) {
      long now = System.nanoTime();
      gaps.recordValue(now - last);
      last = now;
    }
  }

  /**
   * Looks at the clock for a while.
   *
   * @param nanos how long
   * @return the longest time between two looks
   */
  static long longestGap(long nanos) {
    long start = System.nanoTime();
    long last = start;
    long longest = 0;
    while (last - start < nanos) {
      long now = System.nanoTime();
      longest = Math.max(longest, now - last);
      last = now;
    }
    return longest;
  }
}
