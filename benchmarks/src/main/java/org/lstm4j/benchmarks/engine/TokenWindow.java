// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/**
 * What one call of {@link TrainingEngine#learn} sees.
 *
 * @param tokens [time step, batch]
 * @param following [time step, batch]: the token after each
 */
public record TokenWindow(int[] tokens, int[] following) {
  /** As many as the first 10,000 characters of a text make. */
  private static final int WINDOWS = 8;

  /** Of so many draws the least is taken, so that some tokens are frequent, as letters are. */
  private static final int DRAWS = 3;

  /**
   * The windows of an epoch over a text of random tokens. Each batch row goes on in the next
   * window.
   *
   * @param workload its sizes
   * @return the same windows for the same sizes, on every machine
   */
  public static List<TokenWindow> ofText(Workload workload) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4);
    int steps = workload.kind().steps();
    int batch = workload.kind().batch();
    int[] text =
        IntStream.range(0, (WINDOWS * steps + 1) * batch)
            .map(_ -> token(workload.shape().inputSize(), random))
            .toArray();
    return IntStream.range(0, WINDOWS)
        .map(window -> window * steps * batch)
        .mapToObj(start ->
            new TokenWindow(
                Arrays.copyOfRange(text, start, start + steps * batch),
                Arrays.copyOfRange(text, start + batch, start + (steps + 1) * batch)))
        .toList();
  }

  private static int token(int tokens, RandomGenerator random) {
    return random.ints(DRAWS, 0, tokens).min().orElseThrow();
  }

  /**
   * A window of nothing but one token: its gradients are large.
   *
   * @param workload its sizes
   * @param token the token
   * @return the window
   */
  static TokenWindow repeated(Workload workload, int token) {
    int[] tokens = new int[workload.kind().steps() * workload.kind().batch()];
    Arrays.fill(tokens, token);
    return new TokenWindow(tokens, tokens);
  }
}
