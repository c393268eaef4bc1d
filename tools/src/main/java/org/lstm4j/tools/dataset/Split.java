// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.util.Arrays;
import java.util.stream.IntStream;

/** How windows are divided between training and validation. */
public sealed interface Split {
  /** {@return the share of the data that is for validation, from 0 to less than 1} */
  double share();

  /**
   * The end is for validation. What a training window reads or is held against lies before what any
   * validation window is held against.
   *
   * @param share of the rows
   */
  record ByTime(double share) implements Split {
    /** Checks the share. */
    public ByTime {
      requireShare(share);
    }
  }

  /**
   * Windows drawn at random are for validation. Windows overlap, so training sees much of what
   * these hold.
   *
   * @param share of the windows, or sequences
   * @param seed of the drawing
   */
  record AtRandom(double share, long seed) implements Split {
    /** Checks the share. */
    public AtRandom {
      requireShare(share);
    }
  }

  private static void requireShare(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(
          "the share for validation is from 0 to less than 1, not " + share);
    }
  }

  /**
   * The two parts.
   *
   * @param training indices, ascending
   * @param validation indices, ascending
   */
  record Parts(int[] training, int[] validation) {}

  /**
   * Divides the windows of a table.
   *
   * @param rows of the table
   * @param window rows that a window reads
   * @param horizon rows behind it that it is held against
   */
  default Parts windows(int rows, int window, int horizon) {
    int windows = Math.max(0, rows - window - horizon + 1);
    return switch (this) {
      case ByTime byTime -> {
        int cut = rows - (int) Math.round(rows * byTime.share());
        int training = Math.clamp((long) cut - window - horizon + 1, 0, windows);
        int validation = Math.clamp((long) cut - window, training, windows);
        yield new Parts(
            IntStream.range(0, training).toArray(), IntStream.range(validation, windows).toArray());
      }
      case AtRandom _ -> items(windows);
    };
  }

  /**
   * Divides things that do not overlap; {@link ByTime} takes the last ones for validation.
   *
   * @param count how many there are
   */
  default Parts items(int count) {
    int validation = (int) Math.round(count * share());
    int[] order =
        switch (this) {
          case ByTime _ -> IntStream.range(0, count).toArray();
          case AtRandom random -> Shuffle.of(IntStream.range(0, count).toArray(), random.seed(), 0);
        };
    int[] training = Arrays.copyOf(order, count - validation);
    int[] rest = Arrays.copyOfRange(order, count - validation, count);
    Arrays.sort(training);
    Arrays.sort(rest);
    return new Parts(training, rest);
  }
}
