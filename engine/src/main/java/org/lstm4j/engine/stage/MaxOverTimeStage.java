// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

/** The maximum of every feature over time; NaN if one is NaN. */
public final class MaxOverTimeStage extends ReadoutStage {
  /** Lays the stage out. */
  public MaxOverTimeStage(Rows input, Resources resources, int maxBatch) {
    super(input, resources, maxBatch);
  }

  @Override
  void read(int steps, int batch, int batchRow) {
    for (int i = 0; i < input.features(); i++) {
      long feature = (long) i * Float.BYTES;
      float max = Float.NEGATIVE_INFINITY;
      for (int t = 0; t < steps; t++) {
        long row = input.offset((long) t * batch + batchRow);
        max = Math.max(max, input.data().get(JAVA_FLOAT, row + feature));
      }
      output().data().set(JAVA_FLOAT, output().offset(batchRow) + feature, max);
    }
  }
}
