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
      Pattern.compile(
          "(step|sequence|batch|learning|training) (.+?) (f32|bf16|int8)(?: (\\d+) threads)?");

  /** How an LSTM is called. */
  public enum Kind {
    /** One time step a call at batch 1: streaming. */
    STEP(1, 1),
    /** 100 time steps a call at batch 1. */
    SEQUENCE(100, 1),
    /** 35 time steps of 32 batch rows a call. */
    BATCH(35, 32),
    /**
     * Forward and backward of 35 time steps of 32 batch rows a call, from the state that the call
     * before left. A call starts the gradients at zero and gives those of all weights and of the
     * input; laying out weights that an optimizer has changed counts, the optimizer does not.
     */
    LEARNING(35, 32),
    /**
     * What {@link TrainingEngine#learn} does with 35 time steps of 32 batch rows a call: a whole
     * training step of a model of tokens.
     */
    TRAINING(35, 32);

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

  /** Checks that it is something that is measured. */
  public Workload {
    boolean one = shape.layers() == 1 && shape.directions() == 1;
    boolean back = kind == Kind.LEARNING || kind == Kind.TRAINING;
    if (back && !(one && storage == Storage.F32)) {
      throw new IllegalArgumentException(
          "learning and training are those of one layer, one direction, in f32");
    }
    if (!back && shape.headSize() > 0) {
      throw new IllegalArgumentException("only learning and training have a head");
    }
    if (kind == Kind.TRAINING && shape.headSize() != shape.inputSize()) {
      throw new IllegalArgumentException(
          "training needs a head of as many features as there are tokens, such as 28x256+28");
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

  /** {@return whether a call goes back too, and gives gradients} */
  public boolean learns() {
    return kind == Kind.LEARNING;
  }

  /** {@return whether a call changes the weights: the engine is a {@link TrainingEngine}} */
  public boolean trains() {
    return kind == Kind.TRAINING;
  }

  /**
   * {@return floating-point operations of one call: two for each weight, batch row and step; as
   * many again for the gradient of what the weight multiplies, and for its own, if it goes back.
   * One-hot tokens need no product, and the optimizer's operations are too few to count.}
   */
  public double flops() {
    long products = shape.recurrentWeights() + shape.headWeights();
    long weights = trains() ? products : products + shape.inputWeights();
    return (learns() || trains() ? 6.0 : 2.0) * weights * kind.steps * kind.batch;
  }
}
