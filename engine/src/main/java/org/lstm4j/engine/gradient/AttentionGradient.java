// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import java.util.List;
import org.lstm4j.engine.stage.AttentionStage;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/**
 * The way back through attention. With the weights a_t = softmax(e)_t of the scores e, and y = sum
 * of a_t x_t:
 *
 * <pre>
 *   da_t = dy . x_t     de_t = a_t (da_t - sum_k a_k da_k)
 *   dx_t = a_t dy + what comes back from e_t
 * </pre>
 */
public final class AttentionGradient extends ReadoutGradient {
  private final AttentionStage stage;
  private final Rows input;
  private final GradientStage[] scoring;
  private final Rows scoreGradient;

  /**
   * Lays it out.
   *
   * @param scoring the way back through the stages that score, in their order, which ends in {@code
   *     inputGradient}
   * @param scoreGradient where the gradient of the scores goes in
   */
  public AttentionGradient(
      AttentionStage stage,
      Rows input,
      List<GradientStage> scoring,
      Rows scoreGradient,
      Rows outputGradient,
      Rows inputGradient,
      Resources resources) {
    super(outputGradient, inputGradient, resources);
    this.stage = stage;
    this.input = input;
    this.scoring = scoring.toArray(new GradientStage[0]);
    this.scoreGradient = scoreGradient;
  }

  @Override
  void prepare(int steps, int batch) {
    for (int b = 0; b < batch; b++) {
      int length = lengths.of(b, steps);
      for (int t = length; t < steps; t++) {
        scoreGradient.clear((long) t * batch + b);
      }
      scores(length, batch, b);
    }
    for (int i = scoring.length - 1; i >= 0; i--) {
      scoring[i].backward(steps, batch);
    }
  }

  private void scores(int steps, int batch, int batchRow) {
    Rows weights = stage.weigh(steps, batch, batchRow);
    double sum = 0;
    for (int t = 0; t < steps; t++) {
      long row = (long) t * batch + batchRow;
      double product = 0;
      for (int i = 0; i < input.features(); i++) {
        product += (double) outputGradient.get(batchRow, i) * input.get(row, i);
      }
      scoreGradient.set(row, 0, (float) product);
      sum += weights.get(0, t) * product;
    }
    for (int t = 0; t < steps; t++) {
      long row = (long) t * batch + batchRow;
      double gradient = weights.get(0, t) * (scoreGradient.get(row, 0) - sum);
      scoreGradient.set(row, 0, (float) gradient);
    }
  }

  @Override
  boolean startsFromZeros() {
    return false;
  }

  @Override
  void spread(int steps, int batch, int batchRow) {
    Rows weights = stage.weigh(steps, batch, batchRow);
    for (int t = 0; t < steps; t++) {
      inputGradient.add((long) t * batch + batchRow, weights.get(0, t), outputGradient, batchRow);
    }
  }

  @Override
  public void refresh() {
    for (GradientStage inner : scoring) {
      inner.refresh();
    }
  }

  @Override
  public void collect() {
    for (GradientStage inner : scoring) {
      inner.collect();
    }
  }

  @Override
  public void clear() {
    for (GradientStage inner : scoring) {
      inner.clear();
    }
  }
}
