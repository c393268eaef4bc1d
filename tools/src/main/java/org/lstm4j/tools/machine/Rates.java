// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Turns the times of {@link Loops} into rates. */
final class Rates {
  /** Multiply-adds of each chain that are timed together. */
  private static final int ROUND = 256;

  private static final int ALIGNMENT = 64;

  /** A chain goes from 1 to 2, and never leaves the normal numbers. */
  private static final float FACTOR = 0.5f;

  private static final float ADDEND = 1;

  private final Loops loops;
  private final Duration each;

  /** The compiler cannot leave out what ends up here. */
  private volatile double sink;

  Rates(Loops loops, Duration each) {
    this.loops = loops;
    this.each = each;
  }

  /** float32 operations per second, a multiply-add being two. */
  double flopsPerSecond() {
    double few =
        Fastest.nanos(times -> sink = loops.multiplyAdd(times * ROUND, FACTOR, ADDEND), each);
    double many =
        Fastest.nanos(
            times -> sink = loops.multiplyAddManyChains(times * ROUND, FACTOR, ADDEND), each);
    double chains = Math.max(Loops.CHAINS / few, Loops.MANY_CHAINS / many);
    return chains * ROUND * loops.lanes() * 2 * 1e9;
  }

  /**
   * Bytes per second from a buffer that is read over and over.
   *
   * @param bytes a multiple of {@link Loops#BLOCK}
   */
  double bytesPerSecond(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(bytes, ALIGNMENT);
      return bytes / Fastest.nanos(times -> sink = loops.read(buffer, times), each) * 1e9;
    }
  }
}
