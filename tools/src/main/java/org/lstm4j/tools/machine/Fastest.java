// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

import java.time.Duration;
import java.util.function.IntConsumer;

/** The shortest time of some work: what other work on the machine adds is not in it. */
final class Fastest {
  /** A call that lasts this long is seldom interrupted, and the clock's own time is nothing. */
  private static final long CALL_NANOS = 50_000;

  /** More calls than the JVM waits for before it compiles. */
  private static final int WARM_UP_CALLS = 10_000;

  private static final int LEAST_CALLS = 3;

  private Fastest() {}

  /**
   * Does the work again and again, at first unmeasured for at most twice the duration.
   *
   * @param work does it as many times as it is told
   * @param duration of the measurement
   * @return nanoseconds that the work takes once
   */
  static double nanos(IntConsumer work, Duration duration) {
    warmUp(work, 2 * duration.toNanos());
    double fastest = Double.POSITIVE_INFINITY;
    int times = 1;
    long start = System.nanoTime();
    for (int i = 0; i < LEAST_CALLS || System.nanoTime() - start < duration.toNanos(); i++) {
      long nanos = time(work, times);
      fastest = Math.min(fastest, (double) nanos / times);
      times = nanos < CALL_NANOS && times < 1 << 20 ? 2 * times : times;
    }
    return fastest;
  }

  private static void warmUp(IntConsumer work, long nanos) {
    long start = System.nanoTime();
    for (int i = 0; i < WARM_UP_CALLS && System.nanoTime() - start < nanos; i++) {
      work.accept(2); // so that the compiler sees the loop go round
    }
  }

  private static long time(IntConsumer work, int times) {
    long start = System.nanoTime();
    work.accept(times);
    return System.nanoTime() - start;
  }
}
