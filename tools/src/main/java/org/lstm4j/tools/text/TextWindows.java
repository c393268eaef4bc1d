// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.text;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.lstm4j.engine.training.Window;
import org.lstm4j.tools.training.Windows;

/**
 * Windows over a text: each token's target is the token that follows. How the text is divided is
 * that of "Dive into Deep Learning", section "Reading Long Sequence Data". Each epoch begins at
 * another place, up to a window's length into the text, and leaves what is too short at the end.
 */
public abstract sealed class TextWindows implements Windows {
  private final int[] tokens;
  private final int batch;
  private final int steps;
  private final RandomGeneratorFactory<RandomGenerator> generators =
      RandomGeneratorFactory.of("L64X128MixRandom");
  private final int[] inputs;
  private final int[] targets;
  private final Window window;

  private TextWindows(int[] tokens, int batch, int steps) {
    if (tokens.length < minimumTokens(batch, steps)) {
      throw new IllegalArgumentException(
          "%d tokens are too few for a batch of %d sequences of %d time steps, which needs %d"
              .formatted(tokens.length, batch, steps, minimumTokens(batch, steps)));
    }
    this.tokens = tokens;
    this.batch = batch;
    this.steps = steps;
    this.inputs = new int[Math.multiplyExact(batch, steps)];
    this.targets = new int[inputs.length];
    this.window = Window.of(inputs, steps, targets);
  }

  /** {@return the fewest tokens that make a window wherever an epoch begins} */
  public static long minimumTokens(int batch, int steps) {
    return (long) batch * steps + steps + 1;
  }

  /**
   * Each batch row reads its own part of the text from beginning to end, so that the recurrent
   * state is carried from window to window.
   *
   * @param tokens at least {@link #minimumTokens}; not copied
   * @param seed chooses where each epoch begins
   */
  public static TextWindows sequential(int[] tokens, int batch, int steps, long seed) {
    return new Sequential(tokens, batch, steps, seed);
  }

  /**
   * As {@link #sequential}, but each epoch begins at the first token: for validation.
   *
   * @param tokens at least {@link #minimumTokens}; not copied
   */
  public static TextWindows inOrder(int[] tokens, int batch, int steps) {
    return new Sequential(tokens, batch, steps, null);
  }

  /**
   * The windows of an epoch come in random order, each with sequences of its own.
   *
   * @param tokens at least {@link #minimumTokens}; not copied
   * @param seed chooses where each epoch begins, and its order
   */
  public static TextWindows random(int[] tokens, int batch, int steps, long seed) {
    return new Shuffled(tokens, batch, steps, seed);
  }

  /** Where a batch row of a window begins in the text. */
  abstract int start(int index, int row);

  @Override
  public Window window(int index) {
    for (int row = 0; row < batch; row++) {
      int start = start(index, row);
      for (int step = 0; step < steps; step++) {
        inputs[step * batch + row] = tokens[start + step];
        targets[step * batch + row] = tokens[start + step + 1];
      }
    }
    return window;
  }

  /** The same for the same epoch, whatever went before. */
  RandomGenerator generator(long seed, long epoch) {
    return generators.create(seed + epoch * 0x9E3779B97F4A7C15L);
  }

  private static final class Sequential extends TextWindows {
    private final Long seed;
    private int offset;
    private int rowLength;

    Sequential(int[] tokens, int batch, int steps, Long seed) {
      super(tokens, batch, steps);
      this.seed = seed;
    }

    @Override
    public int begin(long epoch) {
      offset = seed == null ? 0 : generator(seed, epoch).nextInt(super.steps + 1);
      rowLength = (super.tokens.length - offset - 1) / super.batch;
      return rowLength / super.steps;
    }

    @Override
    int start(int index, int row) {
      return offset + row * rowLength + index * super.steps;
    }

    @Override
    public boolean beginsSequences(int index) {
      return index == 0;
    }
  }

  private static final class Shuffled extends TextWindows {
    private final long seed;
    private int offset;
    private int[] order = {};

    Shuffled(int[] tokens, int batch, int steps, long seed) {
      super(tokens, batch, steps);
      this.seed = seed;
    }

    @Override
    public int begin(long epoch) {
      RandomGenerator random = generator(seed, epoch);
      offset = random.nextInt(super.steps);
      order = permutation((super.tokens.length - offset - 1) / super.steps, random);
      return order.length / super.batch;
    }

    /** Fisher and Yates. */
    private static int[] permutation(int size, RandomGenerator random) {
      int[] order = new int[size];
      for (int i = 0; i < size; i++) {
        int other = random.nextInt(i + 1);
        order[i] = order[other];
        order[other] = i;
      }
      return order;
    }

    @Override
    int start(int index, int row) {
      return offset + order[index * super.batch + row] * super.steps;
    }

    @Override
    public boolean beginsSequences(int index) {
      return true;
    }
  }
}
