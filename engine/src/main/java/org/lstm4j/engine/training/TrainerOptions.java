// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * How a {@link Trainer} works; immutable, start from {@link #defaults()}.
 *
 * @param batch batch rows of every window
 * @param maxSteps the most time steps of a window: how far back gradients reach
 * @param threads threads that compute together, the caller included; no bit of a result depends on
 *     it
 * @param clipping what limits gradients
 * @param schedule how the learning rate changes from epoch to epoch
 * @param dropout the probability to drop a feature between layers, from 0 to 1: of what an
 *     embedding and each recurrent layer of a stack give to the next layer ({@code
 *     torch.nn.LSTM(dropout=p)}, with a {@code torch.nn.Dropout(p)} behind it and behind the
 *     embedding)
 * @param seed of what is dropped; the same for the same numbers
 * @param frozen names of parameters that do not learn, or of layers, whose parameters all do not
 * @param recompute whether to compute gates again on the way back rather than keep them
 * @param tied groups of parameters that are one
 * @param padding tokens that stand for padding, by the names of embeddings
 */
public record TrainerOptions(
    int batch,
    int maxSteps,
    int threads,
    Clipping clipping,
    Schedule schedule,
    double dropout,
    long seed,
    Set<String> frozen,
    boolean recompute,
    List<List<String>> tied,
    Map<String, Integer> padding) {
  private static final TrainerOptions DEFAULTS =
      new TrainerOptions(
          1,
          64,
          1,
          Clipping.none(),
          Schedule.constant(),
          0,
          0,
          Set.of(),
          false,
          List.of(),
          Map.of());

  /** Checks the sizes. */
  public TrainerOptions {
    Objects.requireNonNull(clipping, "clipping");
    Objects.requireNonNull(schedule, "schedule");
    frozen = Set.copyOf(frozen);
    tied = tied.stream().map(List::copyOf).toList();
    padding = Map.copyOf(padding);
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new IllegalArgumentException("the dropout must be from 0 to 1, not " + dropout);
    }
    if (batch <= 0 || maxSteps <= 0 || threads <= 0) {
      throw new IllegalArgumentException(
          "batch, maxSteps and threads must be positive, not %d, %d and %d"
              .formatted(batch, maxSteps, threads));
    }
  }

  /**
   * {@return one batch row, windows of 64 time steps, one thread, no clipping, a constant learning
   * rate, no dropout, everything learns, gates are kept}
   */
  public static TrainerOptions defaults() {
    return DEFAULTS;
  }

  /**
   * These options with another batch.
   *
   * @param value batch rows
   * @return the changed options
   */
  public TrainerOptions withBatch(int value) {
    return new TrainerOptions(
        value, maxSteps, threads, clipping, schedule, dropout, seed, frozen, recompute, tied,
        padding);
  }

  /**
   * These options with windows of another length.
   *
   * @param value the most time steps of a window
   * @return the changed options
   */
  public TrainerOptions withMaxSteps(int value) {
    return new TrainerOptions(
        batch, value, threads, clipping, schedule, dropout, seed, frozen, recompute, tied, padding);
  }

  /**
   * These options with another number of threads.
   *
   * @param value threads, the caller included
   * @return the changed options
   */
  public TrainerOptions withThreads(int value) {
    return new TrainerOptions(
        batch, maxSteps, value, clipping, schedule, dropout, seed, frozen, recompute, tied,
        padding);
  }

  /**
   * These options with gradients limited.
   *
   * @param value what limits them
   * @return the changed options
   */
  public TrainerOptions withClipping(Clipping value) {
    return new TrainerOptions(
        batch, maxSteps, threads, value, schedule, dropout, seed, frozen, recompute, tied, padding);
  }

  /**
   * These options with another schedule.
   *
   * @param value how the learning rate changes
   * @return the changed options
   */
  public TrainerOptions withSchedule(Schedule value) {
    return new TrainerOptions(
        batch, maxSteps, threads, clipping, value, dropout, seed, frozen, recompute, tied, padding);
  }

  /**
   * These options with dropout between layers.
   *
   * @param p the probability to drop a feature, from 0 to 1
   * @param seedOfDropout the same for the same numbers
   * @return the changed options
   */
  public TrainerOptions withDropout(double p, long seedOfDropout) {
    return new TrainerOptions(
        batch,
        maxSteps,
        threads,
        clipping,
        schedule,
        p,
        seedOfDropout,
        frozen,
        recompute,
        tied,
        padding);
  }

  /**
   * These options with some parameters kept as they are.
   *
   * @param names of parameters or layers
   * @return the changed options
   */
  public TrainerOptions withFrozen(String... names) {
    return new TrainerOptions(
        batch,
        maxSteps,
        threads,
        clipping,
        schedule,
        dropout,
        seed,
        Set.of(names),
        recompute,
        tied,
        padding);
  }

  /**
   * These options with more or less memory. Recomputing, a recurrent layer keeps the hidden states
   * of each step, and cell states of a few; its gates, and what dropout drops, are found again on
   * the way back, for some steps at a time. That takes a third to a quarter of the memory for
   * activations ({@link TrainingMemory}), and longer: the products of the way there a second time.
   * Results are the same to the bit.
   *
   * @param value whether to recompute
   * @return the changed options
   */
  public TrainerOptions withRecompute(boolean value) {
    return new TrainerOptions(
        batch, maxSteps, threads, clipping, schedule, dropout, seed, frozen, value, tied, padding);
  }

  /**
   * These options with some more parameters that are one, such as the table of an embedding and the
   * matrix of the layer that scores tokens (Press and Wolf 2017): they have one gradient, the sum
   * of theirs, count once in its norm, and are updated once. They start from the values of the
   * first; if one of them is frozen, all are.
   *
   * @param names of two or more parameters of one shape
   * @return the changed options
   */
  public TrainerOptions withTied(String... names) {
    if (names.length < 2) {
      throw new IllegalArgumentException(
          "two or more parameters can be tied, not " + List.of(names));
    }
    List<List<String>> groups = new ArrayList<>(tied);
    groups.add(List.of(names));
    return new TrainerOptions(
        batch, maxSteps, threads, clipping, schedule, dropout, seed, frozen, recompute, groups,
        padding);
  }

  /**
   * These options with a token that stands for padding: looking it up gives its row of the table no
   * gradient ({@code torch.nn.Embedding(padding_idx)}).
   *
   * @param embedding the name of the layer
   * @param token the token
   * @return the changed options
   */
  public TrainerOptions withPadding(String embedding, int token) {
    Map<String, Integer> tokens = new HashMap<>(padding);
    tokens.put(embedding, token);
    return new TrainerOptions(
        batch, maxSteps, threads, clipping, schedule, dropout, seed, frozen, recompute, tied,
        tokens);
  }
}
