// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.machine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The limits of one core of this machine, measured by loops that do nothing else.
 *
 * <p>The loops use the Vector API; without the module {@code jdk.incubator.vector} they are scalar,
 * and what they measure is the limit of scalar code. Immutable, hence safe to share between
 * threads.
 *
 * @param lanes floats that one instruction works on; 1 for the scalar loops
 * @param fused whether a multiplication and an addition are one instruction
 * @param flopsPerSecond float32 operations per second; a multiply-add counts as two
 * @param levels from the first cache to the memory
 */
public record MachineLimits(
    int lanes, boolean fused, double flopsPerSecond, List<MemoryLevel> levels) {

  /** For each figure; the fastest of many short calls is found well within it. */
  private static final Duration EACH = Duration.ofMillis(150);

  private static final long LARGEST_BUFFER = 1L << 30;

  /** Copies the list. */
  public MachineLimits {
    levels = List.copyOf(levels);
  }

  /**
   * Measures all limits, which takes about two seconds on the caller's thread and, off-heap, at
   * most an eighth of the machine's memory, never more than 1 GiB. Other work on the core makes the
   * figures worse than they are.
   *
   * @return the limits
   */
  public static MachineLimits measure() {
    return measure(Caches.ofThisMachine(), EACH, largestBuffer());
  }

  static MachineLimits measure(Caches caches, Duration each, long largestBuffer) {
    Loops loops = Loops.ofThisJvm();
    Rates rates = new Rates(loops, each);
    double flops = rates.flopsPerSecond();
    List<MemoryLevel> levels = new ArrayList<>();
    for (Caches.Level level : caches.levels(largestBuffer)) {
      long buffer = wholeBlocks(level.workingSet());
      levels.add(
          new MemoryLevel(level.name(), level.bytes(), buffer, rates.bytesPerSecond(buffer)));
    }
    return new MachineLimits(loops.lanes(), FusedMultiplyAdd.PRESENT, flops, levels);
  }

  /**
   * How fast one core reads a buffer of this size over and over, as a time step does with its
   * weights. Takes about a quarter of a second, and the memory of the buffer.
   *
   * @param bytes the size of the buffer, at least 1
   * @return bytes per second
   * @throws IllegalArgumentException if {@code bytes} is not positive
   */
  public static double readBytesPerSecond(long bytes) {
    return readBytesPerSecond(bytes, EACH);
  }

  static double readBytesPerSecond(long bytes, Duration each) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes cannot be read");
    }
    return new Rates(Loops.ofThisJvm(), each).bytesPerSecond(wholeBlocks(bytes));
  }

  /**
   * The smallest level that holds so many bytes.
   *
   * @param bytes what is read over and over
   * @return the level
   */
  public MemoryLevel level(long bytes) {
    return levels.stream().filter(level -> bytes <= level.bytes()).findFirst().orElseThrow();
  }

  private static long wholeBlocks(long bytes) {
    return (bytes + Loops.BLOCK - 1) / Loops.BLOCK * Loops.BLOCK;
  }

  private static long largestBuffer() {
    long memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return Math.min(LARGEST_BUFFER, memory / 8);
  }
}
