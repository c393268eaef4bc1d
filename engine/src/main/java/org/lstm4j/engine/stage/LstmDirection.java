// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.lstm4j.engine.kernel.Kernels;
import org.lstm4j.engine.kernel.LstmGates;
import org.lstm4j.engine.kernel.MatVec;
import org.lstm4j.engine.kernel.PackedMatrix;
import org.lstm4j.engine.kernel.Subnormals;

/** One layer of an LSTM in one direction: its kernels and its state. */
final class LstmDirection {
  private final PackedMatrix inputWeights;
  private final PackedMatrix recurrentWeights;
  private final PackedMatrix projectionWeights;
  private final MatVec inputProduct;
  private final MatVec recurrentProduct;
  private final MatVec projection;
  private final LstmGates gates;
  private final boolean reverse;
  private final Rows hiddenState;
  private final Rows cellState;

  /** The gates of one step, one row. */
  private final Rows gateValues;

  /** The hidden state before its projection; {@code null} where there is none. */
  private final Rows unprojected;

  LstmDirection(LstmWeights weights, boolean reverse, SegmentAllocator allocator, int maxBatch) {
    this.inputWeights = weights.input();
    this.recurrentWeights = weights.recurrent();
    this.projectionWeights = weights.projection();
    this.inputProduct = Kernels.matVec(inputWeights.layout());
    this.recurrentProduct = Kernels.matVec(recurrentWeights.layout());
    this.gates = Kernels.lstmGates(recurrentWeights.layout());
    this.reverse = reverse;
    int hiddenSize = recurrentWeights.layout().units();
    this.hiddenState = Rows.allocate(allocator, maxBatch, recurrentWeights.layout().inputs());
    this.cellState = Rows.allocate(allocator, maxBatch, hiddenSize);
    this.gateValues = Rows.allocate(allocator, 1, recurrentWeights.layout().rowFloats());
    if (projectionWeights == null) {
      this.projection = null;
      this.unprojected = null;
    } else {
      this.projection = Kernels.matVec(projectionWeights.layout());
      this.unprojected = Rows.allocate(allocator, 1, hiddenSize);
    }
  }

  /** h of every batch row. */
  Rows hiddenState() {
    return hiddenState;
  }

  /** c of every batch row. */
  Rows cellState() {
    return cellState;
  }

  /**
   * Runs a chunk. The hidden state of a step is written straight to its output row, where the next
   * step reads it; only the last one is copied to the state.
   *
   * @param shift bytes into the output rows at which this direction's features start
   * @param projected scratch for W_ih x of all rows
   */
  void forward(Rows input, Rows output, long shift, Rows projected, int steps, int batch) {
    projectInput(input, projected, steps * batch);
    int first = reverse ? steps - 1 : 0;
    int next = reverse ? -1 : 1;
    for (int i = 0; i < steps; i++) {
      int t = first + i * next;
      Rows previous = i == 0 ? hiddenState : output;
      long previousOffset = i == 0 ? 0 : output.offset((long) (t - next) * batch) + shift;
      for (int b = 0; b < batch; b++) {
        long h = previousOffset + previous.offset(b);
        int row = t * batch + b;
        step(previous.data(), h, projected, row, output.data(), output.offset(row) + shift, b);
      }
    }
    keepState(output, shift, (first + (steps - 1) * next) * batch, batch);
  }

  /** Copies the hidden state of the last time step from the output to the state. */
  private void keepState(Rows output, long shift, int row, int batch) {
    long bytes = (long) hiddenState.features() * Float.BYTES;
    for (int b = 0; b < batch; b++) {
      MemorySegment.copy(
          output.data(),
          output.offset(row + b) + shift,
          hiddenState.data(),
          hiddenState.offset(b),
          bytes);
    }
  }

  /** W_ih x of all rows: the part of a step that needs no state. */
  private void projectInput(Rows input, Rows projected, int rows) {
    for (int row = 0; row < rows; row++) {
      inputProduct.apply(
          inputWeights.weights(),
          input.data(),
          input.offset(row),
          projected.data(),
          projected.offset(row));
    }
  }

  private void step(
      MemorySegment previous,
      long previousOffset,
      Rows projected,
      int row,
      MemorySegment output,
      long outputOffset,
      int batchRow) {
    MemorySegment gateRow = gateValues.data();
    recurrentProduct.apply(recurrentWeights.weights(), previous, previousOffset, gateRow, 0);
    boolean projects = projection != null;
    gates.apply(
        inputWeights.bias(),
        projected.data(),
        projected.offset(row),
        gateRow,
        cellState.data(),
        cellState.offset(batchRow),
        projects ? unprojected.data() : output,
        projects ? 0 : outputOffset);
    if (projects) {
      project(output, outputOffset);
    }
  }

  private void project(MemorySegment output, long offset) {
    projection.apply(projectionWeights.weights(), unprojected.data(), 0, output, offset);
    int size = projectionWeights.layout().units();
    for (int i = 0; i < size; i++) {
      long place = offset + (long) i * Float.BYTES;
      output.set(JAVA_FLOAT, place, Subnormals.flush(output.get(JAVA_FLOAT, place)));
    }
  }
}
