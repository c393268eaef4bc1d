// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.lstm4j.engine.Session;

/** How long single time steps take, once the JVM has compiled them. */
final class StepTimes {
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int MEASURED_STEPS = 200_000;
  private static final int SIGNIFICANT_DIGITS = 3;

  private final Histogram nanos = new Histogram(SIGNIFICANT_DIGITS);
  private final float[][] inputs;
  private final float[] output;

  private StepTimes(float[][] inputs, int outputSize) {
    this.inputs = inputs;
    this.output = new float[outputSize];
  }

  /** Steps through the inputs, over and over. */
  static StepTimes measure(Session session, float[][] inputs) {
    StepTimes times = new StepTimes(inputs, session.network().outputSize());
    times.warmUp(session);
    times.measure(session);
    return times;
  }

  private void warmUp(Session session) {
    long start = System.nanoTime();
    for (int i = 0; System.nanoTime() - start < WARM_UP_NANOS; i++) {
      step(session, i);
    }
    nanos.reset();
  }

  private void measure(Session session) {
    for (int i = 0; i < MEASURED_STEPS; i++) {
      step(session, i);
    }
  }

  private void step(Session session, int i) {
    float[] input = inputs[i % inputs.length];
    long start = System.nanoTime();
    session.step(input, output);
    nanos.recordValue(System.nanoTime() - start);
  }

  long steps() {
    return nanos.getTotalCount();
  }

  double microsAtPercentile(double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e3;
  }
}
