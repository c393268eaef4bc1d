// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import org.lstm4j.engine.kernel.Softmax;

/**
 * Attention pooling: scores each time step, turns the scores into weights by softmax over time, and
 * sums the steps so weighted.
 */
public final class AttentionStage extends ReadoutStage {
  /** The stages that score a sequence, one after the other; the last one gives one feature. */
  private final Stage[] scoring;

  private final Softmax softmax;
  private final Rows scores;

  /**
   * Lays the stage out.
   *
   * @param scoring stages that read {@code input} and end in one feature
   */
  public AttentionStage(
      Rows input, Stage[] scoring, Resources resources, int maxSteps, int maxBatch) {
    super(input, resources, maxBatch);
    this.scoring = scoring;
    this.softmax = new Softmax(resources.kernels());
    this.scores = Rows.allocate(resources.temporary(), 1, maxSteps);
  }

  /** {@return the stages that score a sequence} */
  public Stage[] scoring() {
    return scoring.clone();
  }

  @Override
  void prepare(int steps, int batch) {
    for (Stage stage : scoring) {
      stage.forward(steps, batch);
    }
  }

  @Override
  void read(int steps, int batch, int batchRow) {
    weigh(steps, batch, batchRow);
    clearOutput(batchRow);
    for (int t = 0; t < steps; t++) {
      float weight = scores.data().getAtIndex(JAVA_FLOAT, t);
      addToOutput(batchRow, weight, (long) t * batch + batchRow);
    }
  }

  /** {@return one row with the weights of a batch row's time steps, of the scores there are} */
  public Rows weigh(int steps, int batch, int batchRow) {
    Rows scored = scoring[scoring.length - 1].output();
    for (int t = 0; t < steps; t++) {
      float score = scored.data().get(JAVA_FLOAT, scored.offset((long) t * batch + batchRow));
      scores.data().setAtIndex(JAVA_FLOAT, t, score);
    }
    softmax.softmax(scores.data(), 0, scores.data(), 0, steps);
    return scores;
  }
}
