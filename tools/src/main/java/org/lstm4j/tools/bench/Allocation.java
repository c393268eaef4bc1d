// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/** Counts the heap bytes that calls allocate. */
final class Allocation {
  /** What the JVM does of its own in one of them, it does not in another. */
  private static final int ATTEMPTS = 3;

  private final LongSupplier counter;

  private Allocation(LongSupplier counter) {
    this.counter = counter;
  }

  /**
   * Counts those of the calling thread, or of all threads.
   *
   * @param threads that a call runs on
   */
  static Allocation on(int threads) {
    ThreadMXBean bean = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    return new Allocation(
        threads == 1 ? bean::getCurrentThreadAllocatedBytes : bean::getTotalThreadAllocatedBytes);
  }

  /** Bytes per call: the least of several attempts. */
  double bytesPerCall(IntConsumer call, int calls) {
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long before = counter.getAsLong();
      for (int i = 0; i < calls; i++) {
        call.accept(i);
      }
      least = Math.min(least, counter.getAsLong() - before);
    }
    return (double) least / calls;
  }
}
