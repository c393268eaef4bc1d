// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is timed: an LSTM, and how it is called.
 *
 * @param kind how it is called
 * @param shape the LSTM
 * @param storage how its weights are held
 * @param threads threads that compute together
 */
public record Workload(Kind kind, Shape shape, Storage storage, int threads) {
  private static final Pattern LABEL =
      Pattern.compile("(step|sequence|batch) (.+?) (f32|bf16|int8)(?: (\\d+) threads)?");

  /** How an LSTM is called. */
  public enum Kind {
    /** One time step a call at batch 1: streaming. */
    STEP(1, 1),
    /** 100 time steps a call at batch 1. */
    SEQUENCE(100, 1),
    /** 35 time steps of 32 batch rows a call. */
    BATCH(35, 32);

    private final int steps;
    private final int batch;

    Kind(int steps, int batch) {
      this.steps = steps;
      this.batch = batch;
    }

    /** {@return time steps a call} */
    public int steps() {
      return steps;
    }

    /** {@return batch rows a call} */
    public int batch() {
      return batch;
    }
  }

  /**
   * The workload of a label, the opposite of {@link #label}.
   *
   * @param label for example {@code step 128x256 f32}
   * @return the workload
   * @throws IllegalArgumentException if it is no label of a workload
   */
  public static Workload parse(String label) {
    Matcher matcher = LABEL.matcher(label);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + label + "' is no row such as 'step 128x256 f32'");
    }
    return new Workload(
        Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
        Shape.parse(matcher.group(2)),
        Storage.of(matcher.group(3)),
        matcher.group(4) == null ? 1 : Integer.parseInt(matcher.group(4)));
  }

  /** {@return the row's name: {@code step 128x256 f32}, {@code step 512x1024 f32 2 threads}} */
  public String label() {
    return kind.name().toLowerCase(Locale.ROOT)
        + " "
        + shape.label()
        + " "
        + storage.label()
        + (threads > 1 ? " " + threads + " threads" : "");
  }

  /** {@return elements of the input of one call: [time step, batch, feature]} */
  public int inputElements() {
    return kind.steps * kind.batch * shape.inputSize();
  }

  /** {@return elements of the output of one call: [time step, batch, feature]} */
  public int outputElements() {
    return kind.steps * kind.batch * shape.outputSize();
  }

  /** {@return floating-point operations of one call: two for each weight, batch row and step} */
  public double flops() {
    return 2.0 * (shape.inputWeights() + shape.recurrentWeights()) * kind.steps * kind.batch;
  }
}
