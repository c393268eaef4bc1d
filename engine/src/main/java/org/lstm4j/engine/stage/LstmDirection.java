// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.LstmGates;
import org.lstm4j.engine.kernel.PackedGates;
import org.lstm4j.engine.kernel.Subnormals;

/**
 * One layer of an LSTM in one direction: its kernels and its state.
 *
 * <p>What needs no state, W_ih x, is computed for many time steps at once, as one product of
 * matrices; then each step adds its recurrent product and goes through the gates. With several
 * threads, a step of a batch is split by rows, a step of fewer rows than threads by hidden units.
 */
final class LstmDirection implements Team.Task {
  /** Blocks of hidden units that a full tile of the recurrent matrix computes all gates of. */
  private static final int BLOCKS_PER_TILE = 2;

  /**
   * Bytes of W_ih x that are computed ahead, at least: enough rows for a product of matrices, but
   * few enough to be in the second cache still when their step comes. At (28,256), batch 32, a step
   * takes 191 us so, and 212 us when all 35 are computed ahead.
   */
  private static final long AHEAD = 1 << 19;

  private final Product inputProduct;
  private final Product recurrentProduct;
  private final Product projection;
  private final Resources resources;

  /** Not final: see SessionKernels. */
  private LstmGates gates;

  private final boolean reverse;
  private final Rows input;

  /** W_ih x, of so many rows at a time. */
  private final Rows projectedInput;

  private final int rowsAhead;

  /** The gates of one step. */
  private final Rows gateValues;

  private final Rows cellState;

  /** h before the first step of a chunk, and after the last. */
  private final Rows hiddenState;

  /** h of every step, with those of the other direction. */
  private final Rows output;

  /** Bytes into the output rows at which this direction's features start. */
  private final long shift;

  /** The hidden state before its projection; {@code null} where there is none. */
  private final Rows unprojected;

  // What the parts of a step read. No references: storing one costs a nanosecond or two.
  private int batch;
  private boolean singleStep;

  /** The first row of those whose W_ih x has been computed. */
  private int firstAhead;

  /** Whether this step is the first of a chunk. */
  private boolean first;

  /** The first row of this step, and of the one before. */
  private int row;

  private int previousRow;

  /**
   * Lays it out.
   *
   * @param shift bytes into the output rows at which this direction's features start
   * @param projectedInput scratch for W_ih x of at least the rows of one step
   */
  LstmDirection(
      LstmWeights weights,
      boolean reverse,
      Rows input,
      Rows projectedInput,
      Rows output,
      long shift,
      Resources resources,
      int maxSteps,
      int maxBatch) {
    this.inputProduct = new Product(weights.input(), resources, (long) maxSteps * maxBatch);
    this.recurrentProduct = new Product(weights.recurrent(), resources, maxBatch);
    this.resources = resources;
    resources.kernels().lstmGates(weights.recurrent().layout(), kernel -> gates = kernel);
    this.reverse = reverse;
    this.input = input;
    this.projectedInput = projectedInput;
    this.rowsAhead = (int) (projectedInput.data().byteSize() / projectedInput.stride());
    this.output = output;
    this.shift = shift;
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

  /**
   * Rows of W_ih x that are computed ahead, at most: so many that the weights, which are read once
   * for all of them, are no more than what is written.
   */
  static long maxRowsAhead(PackedGates input, int maxBatch) {
    return Math.max(maxBatch, Math.max(AHEAD, input.bytes()) / input.rowBytes());
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
   */
  void forward(int steps, int batchRows) {
    batch = batchRows;
    singleStep = steps == 1;
    row = reverse ? (steps - 1) * batch : 0;
    first = true;
    int ahead = rowsAhead / batch;
    for (int done = 0; done < steps; done += ahead) {
      int count = Math.min(ahead, steps - done);
      firstAhead = reverse ? row - (count - 1) * batch : row;
      if (singleStep) {
        inputProduct.turn();
      } else {
        inputProduct.apply(input, firstAhead, projectedInput, count * batch);
      }
      advance(count);
    }
    keepState();
  }

  private void advance(int steps) {
    for (int i = 0; i < steps; i++) {
      recurrentProduct.turn();
      resources.run(this);
      if (projection != null) {
        project();
      }
      first = false;
      previousRow = row;
      row += reverse ? -batch : batch;
    }
  }

  @Override
  public void part(int index, int count) {
    if (batch < count) {
      int tiles = recurrentProduct.tiles();
      tiles(Product.share(tiles, index, count), Product.share(tiles, index + 1, count));
    } else {
      rows(Product.share(batch, index, count), Product.share(batch, index + 1, count), index);
    }
  }

  /** Some hidden units of all batch rows. */
  private void tiles(int firstTile, int endTile) {
    for (int b = 0; b < batch; b++) {
      if (singleStep) {
        inputProduct.tiles(
            input.data(),
            input.offset(b),
            projectedInput.data(),
            projectedInput.offset(b),
            firstTile,
            endTile);
      }
      recurrentProduct.tiles(
          previous().data(),
          previousOffset(b),
          gateValues.data(),
          gateValues.offset(b),
          firstTile,
          endTile);
      gates(b, firstTile * BLOCKS_PER_TILE, endTile * BLOCKS_PER_TILE);
    }
  }

  /** All hidden units of some batch rows. What was read last is read first the next time. */
  private void rows(int from, int end, int thread) {
    if (recurrentProduct.goesBackwards()) {
      productOfState(from, end, thread);
      productOfInput(from, end, thread);
    } else {
      productOfInput(from, end, thread);
      productOfState(from, end, thread);
    }
    for (int b = from; b < end; b++) {
      gates(b, 0, Integer.MAX_VALUE);
    }
  }

  private void productOfInput(int from, int end, int thread) {
    if (singleStep) {
      inputProduct.rows(
          input.data(),
          input.offset(from),
          input.stride(),
          projectedInput.data(),
          projectedInput.offset(from),
          projectedInput.stride(),
          end - from,
          thread);
    }
  }

  private void productOfState(int from, int end, int thread) {
    recurrentProduct.rows(
        previous().data(),
        previousOffset(from),
        previous().stride(),
        gateValues.data(),
        gateValues.offset(from),
        gateValues.stride(),
        end - from,
        thread);
  }

  /** Where h of the step before lies. */
  private Rows previous() {
    return first ? hiddenState : output;
  }

  private long previousOffset(int batchRow) {
    return first
        ? hiddenState.offset(batchRow)
        : output.offset((long) previousRow + batchRow) + shift;
  }

  private long outputOffset(int batchRow) {
    return output.offset((long) row + batchRow) + shift;
  }

  private void gates(int batchRow, int firstBlock, int endBlock) {
    Rows h = projection == null ? output : unprojected;
    gates.apply(
        projectedInput.data(),
        projectedInput.offset((long) row - firstAhead + batchRow),
        gateValues.data(),
        gateValues.offset(batchRow),
        cellState.data(),
        cellState.offset(batchRow),
        h.data(),
        projection == null ? outputOffset(batchRow) : unprojected.offset(batchRow),
        firstBlock,
        endBlock);
  }

  private void project() {
    projection.rows(
        unprojected.data(),
        0,
        unprojected.stride(),
        output.data(),
        outputOffset(0),
        output.stride(),
        batch,
        0);
    int size = projection.matrix().layout().units();
    MemorySegment h = output.data();
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < size; i++) {
        long place = outputOffset(b) + (long) i * Float.BYTES;
        h.set(JAVA_FLOAT, place, Subnormals.flush(h.get(JAVA_FLOAT, place)));
      }
    }
  }

  /** Copies the hidden state of the last step to where the next chunk reads it. */
  private void keepState() {
    long bytes = (long) hiddenState.features() * Float.BYTES;
    for (int b = 0; b < batch; b++) {
      MemorySegment.copy(
          output.data(), previousOffset(b), hiddenState.data(), hiddenState.offset(b), bytes);
    }
  }
}
