// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import org.lstm4j.engine.kernel.ScalarMath;

/** Reads a whole sequence and gives one row for each batch row. */
public abstract sealed class ReadoutStage implements Stage
    permits ReadLastStage, ReadFinalStage, MaxOverTimeStage, WeightedOverTimeStage, AttentionStage {
  /** The sequence. */
  final Rows input;

  private final Rows output;
  private final Lengths lengths;

  ReadoutStage(Rows input, Resources resources, int maxBatch) {
    this.input = input;
    this.output = Rows.allocate(resources.kept(), maxBatch, input.features());
    this.lengths = resources.lengths();
  }

  @Override
  public final Rows output() {
    return output;
  }

  @Override
  public final int forward(int steps, int batch) {
    prepare(steps, batch);
    for (int b = 0; b < batch; b++) {
      int length = lengths.of(b, steps);
      if (length > 0) {
        read(length, batch, b);
      }
    }
    return 1;
  }

  /** What is done once for all batch rows, before they are read. */
  void prepare(int steps, int batch) {}

  /**
   * Reads one batch row's sequence of so many time steps, at least one: the input rows {@code t *
   * batch + batchRow}.
   */
  abstract void read(int steps, int batch, int batchRow);

  /** Starts a sum over time. */
  final void clearOutput(int batchRow) {
    for (int i = 0; i < output.features(); i++) {
      output.data().set(JAVA_FLOAT, output.offset(batchRow) + (long) i * Float.BYTES, 0f);
    }
  }

  /** Adds {@code weight * input row} to a sum over time. */
  final void addToOutput(int batchRow, float weight, long inputRow) {
    for (int i = 0; i < output.features(); i++) {
      long feature = (long) i * Float.BYTES;
      long target = output.offset(batchRow) + feature;
      float value = input.data().get(JAVA_FLOAT, input.offset(inputRow) + feature);
      float sum = ScalarMath.fma(weight, value, output.data().get(JAVA_FLOAT, target));
      output.data().set(JAVA_FLOAT, target, sum);
    }
  }
}
