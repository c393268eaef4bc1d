// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.process;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.HdrHistogram.Histogram;
import org.lstm4j.benchmarks.engine.Affinity;
import org.lstm4j.benchmarks.engine.Engines;
import org.lstm4j.benchmarks.engine.LstmEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.WarmUp;
import org.lstm4j.benchmarks.engine.Workload;
import tools.jackson.databind.json.JsonMapper;

/**
 * Times every single step of an engine, taking turns with a loop that does nothing, and prints what
 * both saw, as JSON. Arguments: engine, workload, milliseconds.
 */
final class TailsProgram {
  private static final long TURN_NANOS = 50_000_000;
  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final int DIGITS = 3;

  private final LstmEngine lstm;
  private final float[] x;
  private final float[] y;
  private final Histogram steps = new Histogram(LONGEST_NANOS, DIGITS);
  private final Histogram idle = new Histogram(LONGEST_NANOS, DIGITS);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long allocated;

  private TailsProgram(LstmEngine lstm, Workload workload) {
    this.lstm = lstm;
    this.x = LstmWeights.input(workload.inputElements());
    this.y = new float[workload.outputElements()];
  }

  static void main(String... arguments) throws Exception {
    Workload workload = Workload.parse(arguments[1]);
    long nanos = Long.parseLong(arguments[2]) * 1_000_000;
    Affinity.pinToOneCore();
    try (LstmEngine lstm =
        Engines.named(arguments[0]).open(workload, LstmWeights.random(workload.shape()))) {
      TailsProgram program = new TailsProgram(lstm, workload);
      WarmUp.run(() -> lstm.run(program.x, program.y));
      program.run(nanos / 4); // so that this loop is compiled too
      program.reset();
      program.run(nanos);
      System.out.println(JsonMapper.shared().writeValueAsString(program.result()));
    }
  }

  private void reset() {
    steps.reset();
    idle.reset();
    allocated = 0;
  }

  private void run(long nanos) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanos) {
      long before = threads.getCurrentThreadAllocatedBytes();
      stepFor(TURN_NANOS);
      allocated += threads.getCurrentThreadAllocatedBytes() - before;
      BusyLoop.run(TURN_NANOS, idle);
    }
  }

  private void stepFor(long nanos) {
    long start = System.nanoTime();
    long last = start;
    while (last - start < nanos) {
      lstm.run(x, y);
      long now = System.nanoTime();
      steps.recordValue(now - last);
      last = now;
    }
  }

  private Tails result() {
    return new Tails(
        micros(steps.getValueAtPercentile(50)),
        micros(steps.getValueAtPercentile(99)),
        micros(steps.getValueAtPercentile(99.9)),
        micros(steps.getMaxValue()),
        micros(idle.getValueAtPercentile(99.9)),
        micros(idle.getMaxValue()),
        (double) allocated / steps.getTotalCount());
  }

  private static double micros(long nanos) {
    return nanos / 1e3;
  }
}
