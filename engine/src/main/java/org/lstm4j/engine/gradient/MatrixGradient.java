// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.PackedGates;
import org.lstm4j.engine.kernel.WeightGradient;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/**
 * The gradient of one matrix and its bias, summed up over rows: a row of inputs for each output, in
 * the order of a packed output row, padding included.
 */
final class MatrixGradient {
  private final PackedGates layout;
  private final Rows weights;
  private final Rows bias;
  private final MemorySegment[] scratch;
  private WeightGradient kernel;

  /**
   * Zeros.
   *
   * @param layout of the matrix
   * @param hasBias whether there is a bias
   */
  MatrixGradient(PackedGates layout, boolean hasBias, Resources resources) {
    this.layout = layout;
    this.weights =
        Rows.allocate(
            resources.weights(), (long) groups() * WeightGradient.OUTPUTS, layout.inputs());
    this.bias = hasBias ? Rows.allocate(resources.weights(), 1, layout.rowFloats()) : null;
    this.scratch = resources.scratch(WeightGradient.SCRATCH_BYTES);
    resources.kernels().weightGradient(chosen -> kernel = chosen);
  }

  /** Groups of outputs that threads may share out. */
  int groups() {
    return Math.ceilDiv(layout.rowFloats(), WeightGradient.OUTPUTS);
  }

  /**
   * Adds what some rows give, for some outputs. Offsets and strides are in bytes.
   *
   * @param d gradients of the output, in the order of a packed output row
   * @param x inputs
   * @param firstGroup the first group of outputs
   * @param endGroup behind the last one
   * @param thread index of the calling thread
   */
  void add(
      Rows d,
      long firstRow,
      MemorySegment x,
      long xOffset,
      long xStride,
      int rows,
      int firstGroup,
      int endGroup,
      int thread) {
    int first = firstGroup * WeightGradient.OUTPUTS;
    int end = Math.min(endGroup * WeightGradient.OUTPUTS, layout.rowFloats());
    if (first >= end || rows == 0) {
      return;
    }
    kernel.apply(
        d.data(),
        d.offset(firstRow),
        d.stride(),
        x,
        xOffset,
        xStride,
        layout.inputs(),
        rows,
        scratch[thread],
        weights.data(),
        weights.stride(),
        bias == null ? null : bias.data(),
        first,
        end);
  }

  void clear() {
    weights.data().fill((byte) 0);
    if (bias != null) {
      bias.data().fill((byte) 0);
    }
  }

  /** Writes the gradient of the matrix in PyTorch's order. */
  void collectWeights(MemorySegment target) {
    long rowBytes = (long) layout.inputs() * Float.BYTES;
    for (int gate = 0; gate < layout.gates(); gate++) {
      for (int unit = 0; unit < layout.units(); unit++) {
        long from = weights.offset(layout.rowIndex(gate, unit));
        long to = ((long) gate * layout.units() + unit) * rowBytes;
        MemorySegment.copy(weights.data(), from, target, to, rowBytes);
      }
    }
  }

  /** Writes the gradient of the bias in PyTorch's order. */
  void collectBias(MemorySegment target) {
    for (int gate = 0; gate < layout.gates(); gate++) {
      for (int unit = 0; unit < layout.units(); unit++) {
        float value = bias.data().getAtIndex(JAVA_FLOAT, layout.rowIndex(gate, unit));
        target.setAtIndex(JAVA_FLOAT, (long) gate * layout.units() + unit, value);
      }
    }
  }
}
