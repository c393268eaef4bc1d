// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/**
 * Calls an engine until the JVM has compiled it: until nothing was compiled for a while and calls
 * no longer become faster. A fixed time would be too short for one machine and too long for others.
 */
public final class WarmUp {
  private static final long QUIET_NANOS = 700_000_000;
  private static final long CHUNK_NANOS = 50_000_000;
  private static final long LONGEST_NANOS = 20_000_000_000L;

  /** Where a call takes long, a single one that is not faster tells nothing. */
  private static final int QUIET_CHUNKS = 5;

  /** Compiling for so many milliseconds in a chunk is what JMH and the JVM do in passing. */
  private static final long PASSING_MILLIS = 2;

  /** A call that became faster by less is as fast as before. */
  private static final double SAME = 0.95;

  private WarmUp() {}

  /**
   * Calls an engine until it is compiled, for at least 0.7 and at most 20 seconds.
   *
   * @param call a call of the engine
   */
  public static void run(Runnable call) {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    long start = System.nanoTime();
    long busy = start;
    double best = Double.POSITIVE_INFINITY;
    long compiled = compiler.getTotalCompilationTime();
    int quiet = 0;
    while ((quiet < QUIET_CHUNKS || System.nanoTime() - busy < QUIET_NANOS)
        && System.nanoTime() - start < LONGEST_NANOS) {
      quiet++;
      double nanos = nanosPerCall(call);
      long now = compiler.getTotalCompilationTime();
      if (nanos < SAME * best || now - compiled > PASSING_MILLIS) {
        busy = System.nanoTime();
        quiet = 0;
      }
      best = Math.min(best, nanos);
      compiled = now;
    }
  }

  private static double nanosPerCall(Runnable call) {
    long start = System.nanoTime();
    int calls = 0;
    while (calls == 0 || System.nanoTime() - start < CHUNK_NANOS) {
      call.run();
      calls++;
    }
    return (double) (System.nanoTime() - start) / calls;
  }
}
