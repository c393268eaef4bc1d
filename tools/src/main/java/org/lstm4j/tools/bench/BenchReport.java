// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import java.util.List;

/**
 * All that was measured of one network. The names of the components, in snake case, are the keys of
 * its JSON; keys are added in later versions, but none changes its meaning.
 *
 * @param setup what was measured
 * @param warmUp what went before
 * @param latency of the calls
 * @param busyLatency of a loop that takes as long and touches no memory, in turns with the calls:
 *     its stalls are the machine's own
 * @param clockNanos what reading the clock adds to each latency
 * @param nanosPerStep of a time step among others, without a clock between the calls
 * @param flopsPerStep of all batch rows, see {@link org.lstm4j.engine.Network#flopsPerStep()}
 * @param weightBytesPerStep bytes of weights that a step must read, padding not counted
 * @param flopsPerSecond reached
 * @param weightBytesPerSecond reached
 * @param allocatedBytesPerStep on the heap
 * @param stages the parts of a step, in the order in which data flows; measured one by one, so that
 *     their sum need not be {@code nanosPerStep}
 * @param limit what the machine allows
 * @param machine its limits on one core
 */
public record BenchReport(
    Setup setup,
    WarmUpReport warmUp,
    Latency latency,
    Latency busyLatency,
    long clockNanos,
    double nanosPerStep,
    double flopsPerStep,
    double weightBytesPerStep,
    double flopsPerSecond,
    double weightBytesPerSecond,
    double allocatedBytesPerStep,
    List<Stage> stages,
    Limit limit,
    Machine machine) {

  /**
   * What was measured.
   *
   * @param model the file
   * @param weights how they are stored: {@code float32}, {@code bfloat16} or {@code int8}
   * @param threads that compute together
   * @param call {@code step} or {@code run}
   * @param stepsPerCall time steps
   * @param needsWholeSequence whether the network cannot {@code step}
   * @param batch rows of every call
   */
  public record Setup(
      String model,
      String weights,
      int threads,
      String call,
      int stepsPerCall,
      boolean needsWholeSequence,
      int batch) {}

  /**
   * What went before the measurement.
   *
   * @param compileSeconds how long {@link org.lstm4j.engine.Session#warmUp()} took
   * @param seconds how long the steps after it took
   * @param steps how many there were
   * @param steady whether the times had become steady
   * @param spread by what part of the fastest the last medians differed
   */
  public record WarmUpReport(
      double compileSeconds, double seconds, long steps, boolean steady, double spread) {}

  /**
   * A part of a step.
   *
   * @param name what the network calls it
   * @param nanosPerStep of all batch rows
   */
  public record Stage(String name, double nanosPerStep) {}

  /**
   * What the machine allows for this network.
   *
   * @param nanosPerStep no step can be faster
   * @param share {@code nanosPerStep} over that reached
   * @param boundBy {@code reading} or {@code arithmetic}, whichever takes longer
   * @param arithmeticNanosPerStep what the arithmetic takes at least
   * @param readingNanosPerStep what reading the weights takes at least
   * @param readBytesPerSecond from a buffer as large as the weights
   */
  public record Limit(
      double nanosPerStep,
      double share,
      String boundBy,
      double arithmeticNanosPerStep,
      double readingNanosPerStep,
      double readBytesPerSecond) {}

  /**
   * The machine's limits on one core.
   *
   * @param java the version
   * @param os name and processor architecture
   * @param processors that the JVM may use
   * @param lanes floats that one instruction works on; 1 without the vector module
   * @param fma whether a multiply-add is one instruction
   * @param flopsPerSecond a multiply-add being two
   * @param levels caches and memory
   */
  public record Machine(
      String java,
      String os,
      int processors,
      int lanes,
      boolean fma,
      double flopsPerSecond,
      List<Level> levels) {}

  /**
   * A cache or the memory.
   *
   * @param name {@code L1}, {@code L2}, {@code L3} or {@code memory}
   * @param bytes its size; {@code null} for the memory
   * @param readBytesPerSecond measured
   */
  public record Level(String name, Long bytes, double readBytesPerSecond) {}
}
