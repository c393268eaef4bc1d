// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import org.lstm4j.engine.kernel.Arithmetic;

/**
 * Dropout of features in training ({@code torch.nn.Dropout}; Srivastava et al. 2014): each becomes
 * zero with probability p, and the others are divided by 1 - p, on the way there and on the way
 * back alike.
 *
 * <p>What is dropped is a function of the seed, the layer, the position and the place of a feature,
 * and of nothing that went before: an interrupted run that continues at a position drops the same.
 * Used by one thread at a time, which shares the work with its team; allocates nothing but at the
 * start.
 */
public final class Dropout implements Team.Task {
  /** Bits of a random number that are compared, as many as a float holds. */
  private static final int BITS = 24;

  private final Resources resources;
  private final Arithmetic multiply;

  /** Of all rows, or of one for each thread, which then draws again on the way back. */
  private final Rows mask;

  private final boolean keepsMask;
  private final long key;
  private final int layer;

  /** Random numbers below it drop. */
  private final int threshold;

  /** Of what is kept and of what is dropped. */
  private final float[] factors;

  /** Of each thread. */
  private final int[][] numbers;

  /** Whether something is dropped. */
  private boolean drops;

  /** Whether parts of the mask are filled or applied. */
  private boolean applies;

  private long position;
  private int rows;
  private Rows in;
  private Rows out;

  /**
   * Lays it out.
   *
   * @param p probability to drop, from 0 to 1
   * @param seed the same for the same numbers
   * @param layer which of several in a network it is
   * @param resources whose kernels are not started yet
   * @throws IllegalArgumentException if p is no probability
   */
  public Dropout(double p, long seed, int layer, int features, long maxRows, Resources resources) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("the dropout must be from 0 to 1, not " + p);
    }
    this.resources = resources;
    this.multiply = resources.kernels().arithmetic(Arithmetic.Operation.MULTIPLY, 0);
    this.keepsMask = !resources.recomputes();
    this.mask =
        keepsMask
            ? Rows.allocate(resources.kept(), maxRows, features)
            : Rows.allocate(resources.temporary(), resources.threads(), features);
    this.key = seed;
    this.layer = layer;
    this.threshold = (int) Math.round(p * (1 << BITS));
    this.factors = new float[] {p < 1 ? (float) (1 / (1 - p)) : 0, 0};
    this.numbers = new int[resources.threads()][Philox.BLOCK];
  }

  /**
   * Decides what is dropped from now on.
   *
   * @param newPosition of the window in the run; another for each window
   * @param newRows rows of the window
   */
  public void draw(long newPosition, int newRows) {
    position = newPosition;
    rows = newRows;
    drops = true;
    fillMask();
  }

  /**
   * Drops nothing until the next {@link #draw}.
   *
   * @param newRows rows of the window
   */
  void drawNothing(int newRows) {
    rows = newRows;
    drops = false;
    fillMask();
  }

  private void fillMask() {
    if (keepsMask) {
      applies = false;
      resources.run(this);
    }
  }

  /**
   * Drops features of all rows of the window.
   *
   * @param source outputs on the way there, or their gradients on the way back
   * @param target receives them; may be the source
   */
  public void apply(Rows source, Rows target) {
    in = source;
    out = target;
    applies = true;
    resources.run(this);
  }

  @Override
  public void part(int index, int count) {
    int end = Product.share(rows, index + 1, count);
    for (int row = Product.share(rows, index, count); row < end; row++) {
      int place = keepsMask ? row : index;
      if (!applies || !keepsMask) {
        fill(row, place, numbers[index]);
      }
      if (applies) {
        apply(row, mask.offset(place));
      }
    }
  }

  private void apply(int row, long ofMask) {
    multiply.apply(
        in.data(),
        in.offset(row),
        mask.data(),
        ofMask,
        mask.data(),
        ofMask,
        out.data(),
        out.offset(row),
        mask.features());
  }

  /** Finds what is dropped of a row. */
  private void fill(int row, int place, int... random) {
    if (drops) {
      drawRow(row, mask.offset(place), random);
    } else {
      for (int i = 0; i < mask.features(); i++) {
        mask.set(place, i, 1f);
      }
    }
  }

  /** Draws whole blocks; a row has room for them. */
  private void drawRow(int row, long ofMask, int... random) {
    int blocks = Math.ceilDiv(mask.features(), Philox.BLOCK);
    for (int block = 0; block < blocks; block++) {
      long number = ((long) row * blocks + block) & 0xFFFF_FFFFL;
      Philox.block(((long) layer << 32) | number, position, key, random);
      long at = ofMask + (long) block * Philox.BLOCK * Float.BYTES;
      for (int i = 0; i < Philox.BLOCK; i++) {
        // The sign bit: no branch, which could not be predicted.
        int dropped = ((random[i] >>> (Integer.SIZE - BITS)) - threshold) >>> (Integer.SIZE - 1);
        mask.data().set(JAVA_FLOAT, at + (long) i * Float.BYTES, factors[dropped]);
      }
    }
  }
}
