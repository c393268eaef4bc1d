// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.MemorySegment;

/** The last time step. */
public final class ReadLastStage extends ReadoutStage {
  /** Lays the stage out. */
  public ReadLastStage(Rows input, Resources resources, int maxBatch) {
    super(input, resources, maxBatch);
  }

  @Override
  void read(int steps, int batch, int batchRow) {
    long last = input.offset((long) (steps - 1) * batch + batchRow);
    long bytes = (long) input.features() * Float.BYTES;
    MemorySegment.copy(input.data(), last, output().data(), output().offset(batchRow), bytes);
  }
}
