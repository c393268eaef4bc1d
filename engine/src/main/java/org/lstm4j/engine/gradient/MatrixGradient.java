// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lstm4j.engine.kernel.PackedGates;
import org.lstm4j.engine.kernel.WeightGradient;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;

/**
 * The gradient of one matrix and its bias, summed up over rows. That of the matrix is summed up
 * where {@link ParameterMemory} has it, as a copy took 2 % of a training step; that of the bias as
 * a packed output row.
 */
final class MatrixGradient {
  private final PackedGates layout;
  private final MemorySegment ofWeights;
  private final List<MemorySegment> ofBiases;

  /** {@code null} where there is no bias. */
  private final Rows bias;

  private final MemorySegment[] scratch;
  private WeightGradient kernel;

  /**
   * Lays it out.
   *
   * @param layout of the matrix
   * @param ofWeights takes the gradient of the matrix, in PyTorch's order
   * @param ofBiases receive the gradient of the bias, in PyTorch's order: of none, of one, or of
   *     two that are added
   */
  MatrixGradient(
      PackedGates layout,
      MemorySegment ofWeights,
      List<MemorySegment> ofBiases,
      Resources resources) {
    this.layout = layout;
    this.ofWeights = ofWeights;
    this.ofBiases = ofBiases;
    this.bias =
        ofBiases.isEmpty() ? null : Rows.allocate(resources.weights(), 1, layout.rowFloats());
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
        rows,
        scratch[thread],
        layout,
        ofWeights,
        bias == null ? null : bias.data(),
        first,
        end);
  }

  void clear() {
    ofWeights.fill((byte) 0);
    if (bias != null) {
      bias.data().fill((byte) 0);
    }
  }

  /** Writes the gradient of the bias; that of the matrix is there. */
  void collect() {
    for (int i = 0; i < ofBiases.size(); i++) {
      MemorySegment target = ofBiases.get(i);
      for (int gate = 0; gate < layout.gates(); gate++) {
        for (int unit = 0; unit < layout.units(); unit++) {
          float value = bias.data().getAtIndex(JAVA_FLOAT, layout.rowIndex(gate, unit));
          target.setAtIndex(JAVA_FLOAT, (long) gate * layout.units() + unit, value);
        }
      }
    }
  }
}
