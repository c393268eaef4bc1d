// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import java.util.Objects;

/**
 * What one step of training sees: some time steps of a batch of sequences, and what the network
 * should give. The arrays stay the caller's and are read while a {@link Trainer} works on them.
 *
 * <p>Shapes are those of {@link org.lstm4j.engine.Session}: [time step, batch, feature], or [batch,
 * time step, feature] where the network is batch first; tokens and classes have no last dimension,
 * and the targets of a many-to-one network a single time step.
 */
public final class Window {
  /** Instead of a number of rows. */
  static final int ALL_ROWS = 0;

  private final float[] vectors;
  private final int[] tokens;
  private final int steps;
  private final int[] lengths;
  private final float[] targets;
  private final int[] classes;
  private final int rows;

  private Window(
      float[] vectors,
      int[] tokens,
      int steps,
      int[] lengths,
      float[] targets,
      int[] classes,
      int rows) {
    this.vectors = vectors;
    this.tokens = tokens;
    this.steps = steps;
    this.lengths = lengths;
    this.targets = targets;
    this.classes = classes;
    this.rows = rows;
  }

  /**
   * Vectors, and the numbers that should come out.
   *
   * @param xs [time step, batch, input size]
   * @param steps time steps
   * @param targets [time step, batch, output size]
   * @return the window
   */
  public static Window of(float[] xs, int steps, float[] targets) {
    return new Window(present(xs), null, steps, null, present(targets), null, ALL_ROWS);
  }

  /**
   * Vectors, and the classes that they belong to.
   *
   * @param xs [time step, batch, input size]
   * @param steps time steps
   * @param classes [time step, batch]
   * @return the window
   */
  public static Window of(float[] xs, int steps, int[] classes) {
    return new Window(present(xs), null, steps, null, null, present(classes), ALL_ROWS);
  }

  /**
   * Tokens, and the classes that they belong to, for example the tokens that follow.
   *
   * @param tokens [time step, batch]
   * @param steps time steps
   * @param classes [time step, batch]
   * @return the window
   */
  public static Window of(int[] tokens, int steps, int[] classes) {
    return new Window(null, present(tokens), steps, null, null, present(classes), ALL_ROWS);
  }

  /**
   * Tokens, and the numbers that should come out.
   *
   * @param tokens [time step, batch]
   * @param steps time steps
   * @param targets [time step, batch, output size]
   * @return the window
   */
  public static Window of(int[] tokens, int steps, float[] targets) {
    return new Window(null, present(tokens), steps, null, present(targets), null, ALL_ROWS);
  }

  private static <T> T present(T array) {
    return Objects.requireNonNull(array, "a window's arrays must not be null");
  }

  /**
   * The same window with sequences of different lengths; what lies beyond one counts for nothing.
   *
   * @param lengthOfRow time steps of each batch row
   * @return the window
   */
  public Window withLengths(int... lengthOfRow) {
    return new Window(vectors, tokens, steps, lengthOfRow.clone(), targets, classes, rows);
  }

  /**
   * The same window in a batch that is not full: only its first rows count. What the others hold
   * must be finite, and no loss and no gradient depends on it.
   *
   * @param count batch rows that count, 1 or more
   * @return the window
   * @throws IllegalArgumentException if the count is not positive
   */
  public Window withRows(int count) {
    Limits.requirePositive("the batch rows that count", count);
    return new Window(vectors, tokens, steps, lengths, targets, classes, count);
  }

  /** {@return time steps} */
  public int steps() {
    return steps;
  }

  float[] vectors() {
    return vectors;
  }

  int[] tokens() {
    return tokens;
  }

  int[] lengths() {
    return lengths;
  }

  float[] targets() {
    return targets;
  }

  int[] classes() {
    return classes;
  }

  /** Batch rows that count, or {@link #ALL_ROWS}. */
  int rows() {
    return rows;
  }
}
