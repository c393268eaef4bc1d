// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Measures calls of the network in short rounds: without a clock, with one, and as many of the busy
 * loop. So all three see the machine in the same state.
 */
final class Rounds {
  /** Of each third of a round; long enough to be seldom cut by a stall of the machine. */
  private static final double PART_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final IntConsumer call;
  private final BusyLoop busyLoop;
  private final int calls;
  private final Latencies latencies = new Latencies();
  private final Latencies busyLatencies = new Latencies();
  private final List<Double> nanosWithoutClock = new ArrayList<>();

  /**
   * Nothing measured yet.
   *
   * @param nanos that a call takes about
   */
  Rounds(IntConsumer call, BusyLoop busyLoop, double nanos) {
    this.call = call;
    this.busyLoop = busyLoop;
    this.calls = (int) Math.clamp(PART_NANOS / nanos, 1, 1 << 20);
  }

  /** Measures at least so long. */
  void measureFor(long nanos) {
    long start = System.nanoTime();
    do {
      round(calls);
    } while (System.nanoTime() - start < nanos);
  }

  /** Measures so many calls with a clock. */
  void measureCalls(long count) {
    for (long left = count; left > 0; left -= Math.min(left, calls)) {
      round((int) Math.min(left, calls));
    }
  }

  private void round(int count) {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      call.accept(i);
    }
    nanosWithoutClock.add((double) (System.nanoTime() - start) / count);
    latencies.time(call, count);
    busyLatencies.time(busyLoop, count);
  }

  Latency latency() {
    return latencies.summary();
  }

  Latency busyLatency() {
    return busyLatencies.summary();
  }

  /** Nanoseconds of a call among others, without a clock between them: the median of the rounds. */
  double nanosPerCall() {
    List<Double> sorted = new ArrayList<>(nanosWithoutClock);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
