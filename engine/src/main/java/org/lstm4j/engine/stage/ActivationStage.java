// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.SegmentAllocator;
import org.lstm4j.engine.kernel.Elementwise;

/** An activation function at every time step. */
public final class ActivationStage implements Stage {
  private final Rows input;
  private final Elementwise function;
  private final Rows output;

  /**
   * Lays the stage out.
   *
   * @param function what is computed for each row; softmax fits as well as functions of one feature
   */
  public ActivationStage(
      Rows input, Elementwise function, SegmentAllocator allocator, long maxRows) {
    this.input = input;
    this.function = function;
    this.output = Rows.allocate(allocator, maxRows, input.features());
  }

  @Override
  public Rows output() {
    return output;
  }

  @Override
  public int forward(int steps, int batch) {
    int rows = steps * batch;
    for (int row = 0; row < rows; row++) {
      function.apply(
          input.data(), input.offset(row), output.data(), output.offset(row), input.features());
    }
    return steps;
  }
}
