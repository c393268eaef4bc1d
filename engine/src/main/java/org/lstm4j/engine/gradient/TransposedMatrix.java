// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.Kernels;
import org.lstm4j.engine.kernel.PackedGates;
import org.lstm4j.engine.kernel.PackedMatrix;
import org.lstm4j.engine.stage.Resources;

/**
 * A matrix packed for the way back, where the gradient of its output, a packed row, is multiplied
 * by its transpose.
 */
final class TransposedMatrix {
  private final PackedGates forward;
  private final PackedMatrix matrix;

  /**
   * Zeros.
   *
   * @param forward the layout of the matrix itself
   */
  TransposedMatrix(PackedGates forward, Resources resources) {
    this.forward = forward;
    PackedGates layout = Kernels.layout(1, forward.inputs(), forward.rowFloats());
    this.matrix =
        new PackedMatrix(
            layout,
            resources.weights().allocate(layout.bytes(), 64),
            resources.weights().allocate(layout.rowBytes(), 64));
  }

  PackedMatrix matrix() {
    return matrix;
  }

  /** Packs the matrix, given in PyTorch's order. What stands for padding stays zero. */
  void refresh(MemorySegment values) {
    long rowBytes = (long) forward.inputs() * Float.BYTES;
    for (int gate = 0; gate < forward.gates(); gate++) {
      for (int unit = 0; unit < forward.units(); unit++) {
        long row = (long) gate * forward.units() + unit;
        matrix
            .layout()
            .storeInput(values, row * rowBytes, forward.rowIndex(gate, unit), matrix.weights());
      }
    }
  }
}
