// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

/**
 * How a {@link Session} is laid out; immutable, start from {@link #defaults()}.
 *
 * @param batch batch rows that every call runs at first; {@link Session#batch(int)} changes it
 * @param maxBatch batch rows that memory is laid out for
 * @param maxSteps time steps that are computed together. Longer runs of a network that looks only
 *     back are cut into chunks of this size; a network that needs the whole sequence ({@link
 *     Network#needsWholeSequence()}) refuses longer ones. Scratch memory grows with it.
 */
public record SessionOptions(int batch, int maxBatch, int maxSteps) {
  private static final SessionOptions DEFAULTS = new SessionOptions(1, 1, 64);

  /** Checks the sizes. */
  public SessionOptions {
    if (batch <= 0 || maxSteps <= 0) {
      throw new IllegalArgumentException(
          "batch and maxSteps must be positive, not " + batch + " and " + maxSteps);
    }
    if (maxBatch < batch) {
      throw new IllegalArgumentException(
          "maxBatch " + maxBatch + " is smaller than batch " + batch);
    }
  }

  /** {@return one batch row, 64 time steps at a time} */
  public static SessionOptions defaults() {
    return DEFAULTS;
  }

  /**
   * These options with another batch, and with {@code maxBatch} raised to it where needed.
   *
   * @param value batch rows
   * @return the changed options
   */
  public SessionOptions withBatch(int value) {
    return new SessionOptions(value, Math.max(value, maxBatch), maxSteps);
  }

  /**
   * These options with another {@code maxBatch}.
   *
   * @param value batch rows that memory is laid out for
   * @return the changed options
   */
  public SessionOptions withMaxBatch(int value) {
    return new SessionOptions(batch, value, maxSteps);
  }

  /**
   * These options with another {@code maxSteps}.
   *
   * @param value time steps that are computed together
   * @return the changed options
   */
  public SessionOptions withMaxSteps(int value) {
    return new SessionOptions(batch, maxBatch, value);
  }
}
