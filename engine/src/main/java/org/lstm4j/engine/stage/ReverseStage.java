// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.MemorySegment;

/** The time steps from the last to the first. A chunk has to be the whole sequence. */
public final class ReverseStage implements Stage {
  private final Rows input;
  private final Rows output;
  private final Lengths lengths;
  private final boolean keepsSteps;

  /** Lays the stage out. */
  public ReverseStage(Rows input, Resources resources, long maxRows) {
    this.input = input;
    this.output = Rows.allocate(resources.kept(), maxRows, input.features());
    this.lengths = resources.lengths();
    this.keepsSteps = resources.keepsSteps();
  }

  @Override
  public Rows output() {
    return output;
  }

  @Override
  public int forward(int steps, int batch) {
    long bytes = (long) input.features() * Float.BYTES;
    for (int b = 0; b < batch; b++) {
      int length = lengths.of(b, steps);
      for (int t = 0; t < length; t++) {
        long from = input.offset((long) (length - 1 - t) * batch + b);
        long to = output.offset((long) t * batch + b);
        MemorySegment.copy(input.data(), from, output.data(), to, bytes);
      }
      // On the way back, NaN times a gradient of zero would count.
      for (int t = length; keepsSteps && t < steps; t++) {
        output.clear((long) t * batch + b);
      }
    }
    return steps;
  }
}
