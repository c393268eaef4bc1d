// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.Objects;
import java.util.Optional;

/**
 * How a {@link Session} is laid out; immutable, start from {@link #defaults()}.
 *
 * @param batch batch rows that every call runs at first; {@link Session#batch(int)} changes it
 * @param maxBatch batch rows that memory is laid out for
 * @param maxSteps time steps that are computed together. Longer runs of a network that looks only
 *     back are cut into chunks of this size; a network that needs the whole sequence ({@link
 *     Network#needsWholeSequence()}) refuses longer ones. Scratch memory grows with it.
 * @param threads threads that compute together, the caller included. The others belong to the
 *     session and end with it; they wait for work by spinning for a tenth of a millisecond, then
 *     park, and a call that finds them parked wakes them and begins alone. That pays for steps of
 *     more than some microseconds, from a hidden size of about 256 on. Results do not depend on it.
 * @param weights how weights are stored; empty for as the network has them, {@link
 *     Network#weights()}
 */
public record SessionOptions(
    int batch, int maxBatch, int maxSteps, int threads, Optional<WeightStorage> weights) {
  private static final SessionOptions DEFAULTS = new SessionOptions(1, 1, 64, 1, Optional.empty());

  /** Checks the sizes. */
  public SessionOptions {
    Objects.requireNonNull(weights, "weights");
    if (threads <= 0) {
      throw new IllegalArgumentException("threads must be positive, not " + threads);
    }
    if (batch <= 0 || maxSteps <= 0) {
      throw new IllegalArgumentException(
          "batch and maxSteps must be positive, not " + batch + " and " + maxSteps);
    }
    if (maxBatch < batch) {
      throw new IllegalArgumentException(
          "maxBatch " + maxBatch + " is smaller than batch " + batch);
    }
  }

  /**
   * {@return one batch row, 64 time steps at a time, one thread, weights as the network has them}
   */
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
    return new SessionOptions(value, Math.max(value, maxBatch), maxSteps, threads, weights);
  }

  /**
   * These options with another {@code maxBatch}.
   *
   * @param value batch rows that memory is laid out for
   * @return the changed options
   */
  public SessionOptions withMaxBatch(int value) {
    return new SessionOptions(batch, value, maxSteps, threads, weights);
  }

  /**
   * These options with another {@code maxSteps}.
   *
   * @param value time steps that are computed together
   * @return the changed options
   */
  public SessionOptions withMaxSteps(int value) {
    return new SessionOptions(batch, maxBatch, value, threads, weights);
  }

  /**
   * These options with another number of threads.
   *
   * @param value threads that compute together, the caller included
   * @return the changed options
   */
  public SessionOptions withThreads(int value) {
    return new SessionOptions(batch, maxBatch, maxSteps, value, weights);
  }

  /**
   * These options with weights in a given storage. Of a network that has them in FLOAT32, a copy is
   * made beside them; a network that has not gives a session no other storage than its own.
   *
   * @param value how weights are stored
   * @return the changed options
   */
  public SessionOptions withWeights(WeightStorage value) {
    return new SessionOptions(batch, maxBatch, maxSteps, threads, Optional.of(value));
  }
}
