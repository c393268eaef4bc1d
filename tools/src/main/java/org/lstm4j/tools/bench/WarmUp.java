// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** Calls until a call takes the same time again and again. */
final class WarmUp {
  private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** The last windows that are compared. */
  private static final int COMPARED = 5;

  /** Before this the compilers may be waiting still, and all windows be equally slow. */
  private static final int LEAST_WINDOWS = 10;

  private static final double STEADY_SPREAD = 0.03;

  /** The clock counts no less. */
  private static final double ONE_NANO = 1;

  private final IntConsumer call;
  private final Deque<Double> medians = new ArrayDeque<>();
  private long calls;

  WarmUp(IntConsumer call) {
    this.call = call;
  }

  /**
   * What it took.
   *
   * @param seconds how long
   * @param calls how many
   * @param steady whether the times had become steady
   * @param spread by what part of the fastest the last medians of 0.1 s differed
   * @param medianNanos of the last calls, the clock's time included
   */
  record Result(double seconds, long calls, boolean steady, double spread, double medianNanos) {}

  Result run(Duration longest) {
    long start = System.nanoTime();
    int windows = 0;
    boolean steady;
    do {
      window();
      windows++;
      steady = windows >= LEAST_WINDOWS && isSteady();
    } while (!steady && System.nanoTime() - start < longest.toNanos());
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Result(seconds, calls, steady, spread(), medians.getLast());
  }

  private void window() {
    Latencies times = new Latencies();
    long start = System.nanoTime();
    int batch = 1;
    while (System.nanoTime() - start < WINDOW_NANOS) {
      times.time(call, batch);
      calls += batch;
      batch = Math.min(2 * batch, 1024);
    }
    medians.addLast((double) times.median());
    if (medians.size() > COMPARED) {
      medians.removeFirst();
    }
  }

  private boolean isSteady() {
    double fastest = Collections.min(medians);
    return Collections.max(medians) - fastest <= Math.max(ONE_NANO, STEADY_SPREAD * fastest);
  }

  private double spread() {
    return Collections.max(medians) / Collections.min(medians) - 1;
  }
}
