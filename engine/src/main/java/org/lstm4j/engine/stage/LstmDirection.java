// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.Kernels;
import org.lstm4j.engine.kernel.LstmGates;
import org.lstm4j.engine.kernel.Subnormals;

/**
 * One layer of an LSTM in one direction: its kernels and its state.
 *
 * <p>What needs no state, W_ih x, is computed for all time steps at once; then each step adds its
 * recurrent product and goes through the gates. With several threads, a step of a batch is split by
 * rows, a step of fewer rows than threads by hidden units.
 */
final class LstmDirection implements Team.Task {
  /** Blocks of hidden units that a full tile of the recurrent matrix computes all gates of. */
  private static final int BLOCKS_PER_TILE = 2;

  private final Product inputProduct;
  private final Product recurrentProduct;
  private final Product projection;
  private final LstmGates gates;
  private final Team team;
  private final boolean reverse;
  private final Rows hiddenState;
  private final Rows cellState;

  /** The gates of one step. */
  private final Rows gateValues;

  /** The hidden state before its projection; {@code null} where there is none. */
  private final Rows unprojected;

  // What the parts of a step read: where h comes from, W_ih x, and where h goes.
  private MemorySegment previous;
  private long previousOffset;
  private long previousStride;
  private Rows projectedInput;
  private int firstRow;
  private Rows next;
  private long nextShift;
  private int batch;

  LstmDirection(
      LstmWeights weights, boolean reverse, Resources resources, int maxSteps, int maxBatch) {
    this.inputProduct = new Product(weights.input(), resources, (long) maxSteps * maxBatch);
    this.recurrentProduct = new Product(weights.recurrent(), resources, maxBatch);
    this.gates = Kernels.lstmGates(weights.recurrent().layout());
    this.team = resources.team();
    this.reverse = reverse;
    int hiddenSize = weights.recurrent().layout().units();
    this.hiddenState =
        Rows.allocate(resources.allocator(), maxBatch, weights.recurrent().layout().inputs());
    this.cellState = Rows.allocate(resources.allocator(), maxBatch, hiddenSize);
    this.gateValues =
        Rows.allocate(resources.allocator(), maxBatch, weights.recurrent().layout().rowFloats());
    if (weights.projection() == null) {
      this.projection = null;
      this.unprojected = null;
    } else {
      this.projection = new Product(weights.projection(), resources, maxBatch);
      this.unprojected = Rows.allocate(resources.allocator(), maxBatch, hiddenSize);
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
  void forward(Rows input, Rows output, long shift, Rows projected, int steps, int batchRows) {
    inputProduct.apply(input, projected, steps * batchRows);
    projectedInput = projected;
    batch = batchRows;
    previous = hiddenState.data();
    previousOffset = 0;
    previousStride = hiddenState.stride();
    int first = reverse ? (steps - 1) * batch : 0;
    int toNext = reverse ? -batch : batch;
    for (int i = 0; i < steps; i++) {
      firstRow = first + i * toNext;
      step(output, shift);
      previous = output.data();
      previousOffset = output.offset(firstRow) + shift;
      previousStride = output.stride();
    }
    keepState();
  }

  /** Advances all batch rows by one time step. */
  private void step(Rows output, long shift) {
    next = projection == null ? output : unprojected;
    nextShift = projection == null ? output.offset(firstRow) + shift : 0;
    team.run(this);
    if (projection != null) {
      project(output, output.offset(firstRow) + shift);
    }
  }

  @Override
  public void part(int index, int count) {
    if (batch < count) {
      int tiles = recurrentProduct.tiles();
      int firstTile = Product.share(tiles, index, count);
      int endTile = Product.share(tiles, index + 1, count);
      for (int row = 0; row < batch; row++) {
        recurrentProduct.tiles(
            previous,
            previousOffset + row * previousStride,
            gateValues.data(),
            gateValues.offset(row),
            firstTile,
            endTile);
        gates(row, firstTile * BLOCKS_PER_TILE, endTile * BLOCKS_PER_TILE);
      }
    } else {
      int firstBatchRow = Product.share(batch, index, count);
      int endBatchRow = Product.share(batch, index + 1, count);
      recurrentProduct.rows(
          previous,
          previousOffset + firstBatchRow * previousStride,
          previousStride,
          gateValues.data(),
          gateValues.offset(firstBatchRow),
          gateValues.stride(),
          endBatchRow - firstBatchRow,
          index);
      for (int row = firstBatchRow; row < endBatchRow; row++) {
        gates(row, 0, Integer.MAX_VALUE);
      }
    }
  }

  private void gates(int row, int firstBlock, int endBlock) {
    gates.apply(
        projectedInput.data(),
        projectedInput.offset(firstRow + row),
        gateValues.data(),
        gateValues.offset(row),
        cellState.data(),
        cellState.offset(row),
        next.data(),
        nextShift + next.offset(row),
        firstBlock,
        endBlock);
  }

  private void project(Rows output, long offset) {
    projection.rows(
        unprojected.data(),
        0,
        unprojected.stride(),
        output.data(),
        offset,
        output.stride(),
        batch,
        0);
    int size = projection.matrix().layout().units();
    for (int row = 0; row < batch; row++) {
      for (int i = 0; i < size; i++) {
        long place = offset + row * output.stride() + (long) i * Float.BYTES;
        output
            .data()
            .set(JAVA_FLOAT, place, Subnormals.flush(output.data().get(JAVA_FLOAT, place)));
      }
    }
  }

  /**
   * Copies the hidden state of the last time step, where the next one would read it, to the state.
   */
  private void keepState() {
    long bytes = (long) hiddenState.features() * Float.BYTES;
    for (int b = 0; b < batch; b++) {
      long from = previousOffset + b * previousStride;
      MemorySegment.copy(previous, from, hiddenState.data(), hiddenState.offset(b), bytes);
    }
  }
}
