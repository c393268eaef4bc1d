// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import org.lstm4j.tools.machine.MachineLimits;
import org.lstm4j.tools.machine.MemoryLevel;

/**
 * What the machine allows at best: a time step can be no faster than its arithmetic, and no faster
 * than its weights can be read.
 *
 * @param flopsPerStep of all batch rows, see {@link org.lstm4j.engine.Network#flopsPerStep()}
 * @param weightBytesPerStep that a step must read
 * @param flopsPerSecond of the cores that are used
 * @param readBytesPerSecond of the cores that are used, from a buffer as large as the weights
 */
record Roofline(
    double flopsPerStep,
    double weightBytesPerStep,
    double flopsPerSecond,
    double readBytesPerSecond) {

  /**
   * Measures how fast the weights can be read; each thread has its own part of them, and a core.
   *
   * @param weightBytes that are read over and over
   */
  static Roofline of(
      MachineLimits machine,
      int threads,
      double flopsPerStep,
      double weightBytesPerStep,
      long weightBytes) {
    return new Roofline(
        flopsPerStep,
        weightBytesPerStep,
        threads * machine.flopsPerSecond(),
        threads * readRate(machine, Math.max(1, weightBytes / threads)));
  }

  /** A buffer so small that starting to read it takes longer is still read at the cache's speed. */
  private static double readRate(MachineLimits machine, long bytes) {
    double measured = MachineLimits.readBytesPerSecond(bytes);
    MemoryLevel first = machine.levels().getFirst();
    return bytes <= first.bytes() ? Math.max(measured, first.bytesPerSecond()) : measured;
  }

  /** Nanoseconds that the arithmetic of a step takes at least. */
  double arithmeticNanos() {
    return flopsPerStep / flopsPerSecond * 1e9;
  }

  /** Nanoseconds that reading the weights of a step takes at least. */
  double readingNanos() {
    return weightBytesPerStep / readBytesPerSecond * 1e9;
  }

  /** Nanoseconds that a step takes at least. */
  double leastNanos() {
    return Math.max(arithmeticNanos(), readingNanos());
  }

  /** Whether reading is the narrower of the two limits. */
  boolean isBoundByReading() {
    return readingNanos() >= arithmeticNanos();
  }
}
