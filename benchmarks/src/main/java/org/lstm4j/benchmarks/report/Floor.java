// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import org.lstm4j.benchmarks.engine.Shape;
import org.lstm4j.benchmarks.engine.Workload;
import org.lstm4j.tools.machine.MachineLimits;

/**
 * The least time that one core of this machine needs for a step: its operations at the measured
 * rate of float32 multiply-adds, its weights read at the bandwidth of the cache that they fit in.
 */
public final class Floor {
  private Floor() {}

  /**
   * The floor of a workload on one thread. Arithmetic counts as float32 for every storage, since
   * that is what the measured rate is of.
   *
   * @param workload the workload
   * @param limits the machine
   * @return microseconds a time step of all batch rows
   */
  public static double micros(Workload workload, MachineLimits limits) {
    return switch (workload.kind()) {
      case STEP -> step(workload, limits);
      case SEQUENCE -> sequence(workload, limits);
      case BATCH, LEARNING, TRAINING ->
          arithmetic(workload.flops() / workload.kind().steps(), limits);
    };
  }

  /** Every weight is used once and has to be read. */
  private static double step(Workload workload, MachineLimits limits) {
    Shape shape = workload.shape();
    long weights = shape.inputWeights() + shape.recurrentWeights();
    return Math.max(arithmetic(2.0 * weights, limits), reading(weights, workload, limits));
  }

  /** The input's weights are reused by all steps; the recurrent ones are read at each. */
  private static double sequence(Workload workload, MachineLimits limits) {
    Shape shape = workload.shape();
    long recurrent = shape.recurrentWeights();
    return arithmetic(2.0 * shape.inputWeights(), limits)
        + Math.max(
            arithmetic(2.0 * recurrent, limits),
            readingOfOneCell(recurrent, shape, workload, limits));
  }

  private static double arithmetic(double flops, MachineLimits limits) {
    return flops / limits.flopsPerSecond() * 1e6;
  }

  private static double reading(long weights, Workload workload, MachineLimits limits) {
    double bytes = (double) weights * workload.storage().bytesPerWeight();
    return bytes / limits.level((long) bytes).bytesPerSecond() * 1e6;
  }

  /** Layers and directions run one after the other, so only one's weights have to fit. */
  private static double readingOfOneCell(
      long weights, Shape shape, Workload workload, MachineLimits limits) {
    double bytes = (double) weights * workload.storage().bytesPerWeight();
    long resident = (long) (bytes / (shape.layers() * shape.directions()));
    return bytes / limits.level(resident).bytesPerSecond() * 1e6;
  }
}
