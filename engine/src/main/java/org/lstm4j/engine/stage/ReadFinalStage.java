// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.MemorySegment;

/** The forward half of the last time step and the backward half of the first. */
public final class ReadFinalStage extends ReadoutStage {
  /** Lays the stage out. */
  public ReadFinalStage(Rows input, Resources resources, int maxBatch) {
    super(input, resources, maxBatch);
  }

  @Override
  void read(int steps, int batch, int batchRow) {
    long half = (long) input.features() / 2 * Float.BYTES;
    long last = input.offset((long) (steps - 1) * batch + batchRow);
    long first = input.offset(batchRow);
    long target = output().offset(batchRow);
    MemorySegment.copy(input.data(), last, output().data(), target, half);
    MemorySegment.copy(input.data(), first + half, output().data(), target + half, half);
  }
}
