// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.SegmentAllocator;
import org.lstm4j.engine.kernel.Elementwise;

/** An activation function at every time step. */
public final class ActivationStage extends RowStage {
  private final Rows input;
  private final Elementwise function;

  /**
   * Lays the stage out.
   *
   * @param function what is computed for each row; softmax fits as well as functions of one feature
   */
  public ActivationStage(
      Rows input, Elementwise function, SegmentAllocator allocator, long maxRows) {
    super(allocator, maxRows, input.features());
    this.input = input;
    this.function = function;
  }

  @Override
  void compute(int row) {
    function.apply(
        input.data(), input.offset(row), output.data(), output.offset(row), input.features());
  }
}
