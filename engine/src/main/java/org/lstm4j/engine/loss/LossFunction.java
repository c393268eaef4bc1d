// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.loss;

import org.lstm4j.engine.stage.Product;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Team;
import org.lstm4j.engine.training.Loss;

/**
 * A loss over the output of a window, and its gradient. Used by one thread at a time, which shares
 * the work with its team; allocates nothing but before an exception.
 */
public final class LossFunction implements Team.Task {
  private final Loss loss;
  private final int features;
  private final boolean batchFirst;
  private final Resources resources;
  private final RowLoss rowLoss;

  /** Of each row, its loss. */
  private final double[] losses;

  private Rows output;
  private Rows gradient;
  private int steps;
  private int batch;
  private int[] classes;
  private int[] lengths;
  private double scale;
  private long counted;

  /**
   * Prepares it.
   *
   * @param features of the output
   * @param batchFirst whether targets are [batch, time step, ...]
   * @param maxRows the most rows of an output
   * @param resources whose kernels are not started yet
   * @throws IllegalArgumentException if the loss does not fit so many features
   */
  public LossFunction(
      Loss loss, int features, boolean batchFirst, int maxRows, Resources resources) {
    this.loss = loss;
    this.features = features;
    this.batchFirst = batchFirst;
    this.resources = resources;
    this.losses = new double[maxRows];
    this.rowLoss =
        switch (loss) {
          case Loss.MeanSquaredError squares -> DifferenceLoss.of(squares);
          case Loss.MeanAbsoluteError absolute -> DifferenceLoss.of(absolute);
          case Loss.Huber huber -> DifferenceLoss.of(huber);
          case Loss.SmoothL1 smooth -> DifferenceLoss.of(smooth);
          case Loss.BinaryCrossEntropyWithLogits binary -> new BinaryLoss(binary, features);
          case Loss.CrossEntropy _ -> new ClassLoss(resources);
        };
  }

  /**
   * Evaluates the loss against numbers.
   *
   * @param rows the output: row step * batch + batch row
   * @param slopes receives the gradient of the loss with respect to the output, zeros where nothing
   *     counts
   * @param targets in the shape of the output
   * @param windowSteps time steps of the output
   * @param batchRows batch rows
   * @param lengthOfRow time steps of each batch row, or {@code null} for all
   * @return the loss
   * @throws IllegalArgumentException if the targets do not fit the output or the loss
   */
  public double apply(
      Rows rows, Rows slopes, float[] targets, int windowSteps, int batchRows, int[] lengthOfRow) {
    requireSize(targets.length, (long) windowSteps * batchRows * features);
    switch (rowLoss) {
      case DifferenceLoss difference -> difference.targets(targets);
      case BinaryLoss binary -> binary.targets(targets);
      case ClassLoss _ ->
          throw new IllegalArgumentException("cross-entropy takes classes as targets");
    }
    classes = null;
    return apply(rows, slopes, windowSteps, batchRows, lengthOfRow);
  }

  /**
   * Evaluates the loss against classes.
   *
   * @param rows the output: row step * batch + batch row
   * @param slopes receives the gradient of the loss with respect to the output, zeros where nothing
   *     counts
   * @param targets [time step, batch], each from 0 to features - 1, or what the loss ignores
   * @param windowSteps time steps of the output
   * @param batchRows batch rows
   * @param lengthOfRow time steps of each batch row, or {@code null} for all
   * @return the loss
   * @throws IllegalArgumentException if the targets do not fit the output or the loss
   */
  public double apply(
      Rows rows, Rows slopes, int[] targets, int windowSteps, int batchRows, int[] lengthOfRow) {
    if (!(rowLoss instanceof ClassLoss classLoss)) {
      throw new IllegalArgumentException("the loss takes numbers as targets, not classes");
    }
    requireSize(targets.length, (long) windowSteps * batchRows);
    classLoss.targets(targets);
    classes = targets;
    return apply(rows, slopes, windowSteps, batchRows, lengthOfRow);
  }

  /** {@return how many elements or, for classes, targets counted in the last evaluation} */
  public long counted() {
    return counted;
  }

  private static void requireSize(int given, long expected) {
    if (given != expected) {
      throw new IllegalArgumentException(
          "there are %d targets, and the output needs %d".formatted(given, expected));
    }
  }

  private double apply(Rows rows, Rows slopes, int windowSteps, int batchRows, int[] lengthOfRow) {
    output = rows;
    gradient = slopes;
    steps = windowSteps;
    batch = batchRows;
    lengths = lengthOfRow;
    long rowsCounted = countRows();
    counted = classes == null ? rowsCounted * features : rowsCounted;
    boolean isMean = loss.reduction() == Loss.Reduction.MEAN;
    scale = isMean ? 1.0 / counted : 1;
    resources.run(this);
    double sum = 0;
    for (int row = 0; row < steps * batch; row++) {
      sum += losses[row];
    }
    return isMean ? sum / counted : sum;
  }

  private long countRows() {
    long count = 0;
    for (int row = 0; row < steps * batch; row++) {
      if (counts(row)) {
        if (classes != null) {
          requireClass(row);
        }
        count++;
      }
    }
    return count;
  }

  private void requireClass(int row) {
    int target = classes[place(row)];
    if (target < 0 || target >= features) {
      throw new IllegalArgumentException(
          "the target of time step %d, batch row %d is class %d; there are classes 0 to %d"
              .formatted(row / batch, row % batch, target, features - 1));
    }
  }

  private boolean counts(int row) {
    if (lengths != null && row / batch >= lengths[row % batch]) {
      return false;
    }
    return !(loss instanceof Loss.CrossEntropy entropy
        && classes[place(row)] == entropy.ignoreIndex());
  }

  /** Of a row among the targets. */
  private int place(int row) {
    return batchFirst ? row % batch * steps + row / batch : row;
  }

  @Override
  public void part(int index, int count) {
    int end = Product.share(steps * batch, index + 1, count);
    for (int row = Product.share(steps * batch, index, count); row < end; row++) {
      if (counts(row)) {
        losses[row] = rowLoss.apply(output, gradient, row, place(row), scale, index);
      } else {
        losses[row] = 0;
        clear(row);
      }
    }
  }

  private void clear(int row) {
    long from = gradient.offset(row);
    gradient.data().asSlice(from, gradient.stride()).fill((byte) 0);
  }
}
