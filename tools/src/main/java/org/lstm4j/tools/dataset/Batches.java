// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.util.Arrays;
import java.util.function.Function;
import org.lstm4j.engine.training.Window;
import org.lstm4j.tools.training.Windows;

/**
 * The batches of an epoch. All are of one size, and each begins new sequences.
 *
 * <p>Those for training are in an order of the epoch's own, and what does not fill the last batch
 * is left out until the next epoch. Those for validation are always the same and all there are; the
 * last one may be filled up with rows that do not count. An instance belongs to one thread at a
 * time.
 */
public final class Batches implements Windows {
  private final int[] items;
  private final int batch;
  private final boolean shuffled;
  private final long seed;
  private final Function<int[], Window> windows;
  private int[] order;

  private Batches(
      int[] items, int batch, boolean shuffled, long seed, Function<int[], Window> windows) {
    this.items = items;
    this.batch = batch;
    this.shuffled = shuffled;
    this.seed = seed;
    this.windows = windows;
    this.order = items;
  }

  /**
   * Batches for training.
   *
   * @param batch at most as many as there are items
   * @param windows makes the window of a batch's items
   */
  static Batches training(int[] items, int batch, long seed, Function<int[], Window> windows) {
    requireBatch(batch, items.length);
    return new Batches(items, batch, true, seed, windows);
  }

  /**
   * Batches for validation.
   *
   * @param windows makes the window of a batch's items
   */
  static Batches validation(int[] items, int batch, Function<int[], Window> windows) {
    requireBatch(batch, Integer.MAX_VALUE);
    return new Batches(items, batch, false, 0, windows);
  }

  private static void requireBatch(int batch, int most) {
    if (batch < 1 || batch > most) {
      throw new IllegalArgumentException(
          "a batch holds at least 1 and here at most %d, not %d".formatted(most, batch));
    }
  }

  @Override
  public int begin(long epoch) {
    if (!shuffled) {
      return Math.ceilDiv(items.length, batch);
    }
    order = Shuffle.of(items, seed, epoch);
    return items.length / batch;
  }

  @Override
  public Window window(int index) {
    int from = index * batch;
    int count = Math.min(batch, order.length - from);
    int[] chosen = Arrays.copyOfRange(order, from, from + batch);
    Arrays.fill(chosen, count, batch, chosen[0]);
    Window window = windows.apply(chosen);
    return count == batch ? window : window.withRows(count);
  }

  /** {@return true: no batch goes on where another one ended} */
  @Override
  public boolean beginsSequences(int index) {
    return true;
  }
}
