// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import java.util.function.IntConsumer;

/**
 * A loop of arithmetic that touches no memory and takes as long as a call of the network. What it
 * sees of stalls is the machine's and the JVM's own.
 */
final class BusyLoop implements IntConsumer {
  // Knuth's multiplier for 64 bits (The Art of Computer Programming 2, 3.3.4).
  private static final long FACTOR = 6_364_136_223_846_793_005L;
  private static final int FIRST_GUESS = 100;

  /** Each comes closer: the first ones run before the loop is compiled. */
  private static final int CALIBRATIONS = 5;

  private static final long CALIBRATION_NANOS = 20_000_000;
  private static final int MOST_CALLS = 10_000;

  private final int iterations;
  private long value = 1;

  private BusyLoop(int iterations) {
    this.iterations = iterations;
  }

  /** The loop that takes about so long, as {@link Latencies} sees it. */
  static BusyLoop lasting(double nanos) {
    BusyLoop loop = new BusyLoop(FIRST_GUESS);
    for (int i = 0; i < CALIBRATIONS; i++) {
      double iterations = loop.iterations * nanos / loop.median(nanos);
      loop = new BusyLoop(Math.clamp(Math.round(iterations), 1, Integer.MAX_VALUE));
    }
    return loop;
  }

  private double median(double expectedNanos) {
    int calls = (int) Math.clamp(CALIBRATION_NANOS / expectedNanos, 1, MOST_CALLS);
    Latencies latencies = new Latencies();
    latencies.time(this, calls);
    return latencies.median();
  }

  @Override
  public void accept(int call) {
    long x = value;
    for (int i = 0; i < iterations; i++) {
      x = x * FACTOR + call;
    }
    value = x;
  }
}
