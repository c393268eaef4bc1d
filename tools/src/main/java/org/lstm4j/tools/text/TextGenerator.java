// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.text;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.lstm4j.engine.Session;

/**
 * Writes on, token by token: each is drawn from what the network says may follow, and read next.
 * The unknown token is never drawn. Belongs to one thread.
 */
public final class TextGenerator {
  private final Session session;
  private final OptionalInt unknown;
  private final double temperature;
  private final int topK;
  private final RandomGenerator random;
  private final float[] scores;
  private final double[] weights;

  /**
   * A generator.
   *
   * @param session of a network that takes tokens and gives a score, a logit, for each; batch 1
   * @param unknown the token that is not drawn, if there is one
   * @param temperature what scores are divided by before the softmax: below 1 for the likely, above
   *     1 for the surprising; 0 takes the most likely token always
   * @param topK only so many of the most likely tokens are drawn from; 0 for all
   * @param seed the same for the same text
   * @throws IllegalArgumentException if temperature or topK is negative
   */
  public TextGenerator(
      Session session, OptionalInt unknown, double temperature, int topK, long seed) {
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY) || topK < 0) {
      throw new IllegalArgumentException(
          "temperature and top-k must be 0 or more, not %s and %d".formatted(temperature, topK));
    }
    this.session = session;
    this.unknown = unknown;
    this.temperature = temperature;
    this.topK = topK;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.scores = new float[session.network().outputSize()];
    this.weights = new double[scores.length];
  }

  /** Reads a token that is given. */
  public void read(int token) {
    session.step(token, scores);
  }

  /**
   * Writes a token, and reads it.
   *
   * @return the token
   */
  public int next() {
    unknown.ifPresent(index -> scores[index] = Float.NEGATIVE_INFINITY);
    int token = temperature == 0 ? mostLikely() : draw();
    read(token);
    return token;
  }

  private int mostLikely() {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    return best;
  }

  private int draw() {
    float best = scores[mostLikely()];
    float least = leastOfTopK();
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      // Of the softmax only ratios matter; from the best score they cannot overflow.
      weights[i] = scores[i] < least ? 0 : Math.exp(((double) scores[i] - best) / temperature);
      sum += weights[i];
    }
    double left = random.nextDouble() * sum;
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        left -= weights[i];
        if (left < 0) {
          break;
        }
      }
    }
    return last;
  }

  private float leastOfTopK() {
    if (topK == 0 || topK >= scores.length) {
      return Float.NEGATIVE_INFINITY;
    }
    float[] sorted = scores.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - topK];
  }
}
