// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.CellUpdate;
import org.lstm4j.engine.kernel.GeneralGru;
import org.lstm4j.engine.kernel.PackedGates;
import org.lstm4j.engine.kernel.Subnormals;

/**
 * One layer of a recurrent stack in one direction: its kernels and its state.
 *
 * <p>What needs no state, W_ih x, is computed for many time steps at once, as one product of
 * matrices; then each step adds its recurrent product and goes through its cell. With several
 * threads, a step of a batch is split by rows, a step of fewer rows than threads by hidden units;
 * of a cell that does not work in blocks of units, only the products are split then.
 */
final class RecurrentDirection implements Team.Task {
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
  private CellUpdate cell;

  /** The cell where it resets the hidden state before its product; else {@code null}. */
  private final GeneralGru resetBefore;

  /** Behind the tiles that are multiplied by the hidden state as it is; all but for a reset. */
  private final int stateTiles;

  /** The first of the tiles that are multiplied by the hidden state that was reset. */
  private final int firstResetTile;

  // Threads share out groups of tiles that compute whole blocks. No groups where a cell does not
  // work in blocks.
  private final int groups;
  private final int tilesPerGroup;
  private final int blocksPerGroup;

  private final boolean reverse;
  private final Rows input;

  /** W_ih x, of so many rows at a time. */
  private final Rows projectedInput;

  private final int rowsAhead;

  /** The gates of one step, or of each step, and what a cell needs behind them. */
  private final Rows gateValues;

  /** Whether there is a way back. */
  private final boolean keepsSteps;

  /** What the way back computes again, with others; {@code null} where it is kept of each step. */
  private final SegmentRows recomputed;

  /** Cell states that are kept: of each step and after the last, or before each segment. */
  private final Rows keptCellStates;

  /** The hidden state before a chunk, where it is kept. */
  private final Rows hiddenBefore;

  /** {@code null} where there is none. */
  private final Rows cellState;

  /** h before the first step of a chunk, and after the last. */
  private final Rows hiddenState;

  /** h of every step, with those of the other direction. */
  private final Rows output;

  /** Bytes into the output rows at which this direction's features start. */
  private final long shift;

  /** The hidden state before its projection; {@code null} where there is none. */
  private final Rows unprojected;

  private final Lengths lengths;

  // What the parts of a step read. No references: storing one costs a nanosecond or two.
  private int batch;
  private int chunkSteps;

  /** The time step in the chunk. */
  private int step;

  /** A cell state is kept before the first of so many steps. */
  private int stepsPerCellState;

  /** Whether batch rows have lengths of their own. */
  private boolean ragged;

  /** Behind the last batch row that takes part in this step. */
  private int endOfBatch;

  private boolean singleStep;

  /** The row of {@link #gateValues} that the step starts at. */
  private int gateRow;

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
   * @param recomputed room for what the way back computes again; {@code null} to keep it, or where
   *     there is no way back
   */
  RecurrentDirection(
      RecurrentWeights weights,
      boolean reverse,
      Rows input,
      Rows projectedInput,
      Rows output,
      long shift,
      SegmentRows recomputed,
      Resources resources,
      int maxSteps,
      int maxBatch) {
    this.inputProduct = new Product(weights.input(), resources, (long) maxSteps * maxBatch);
    this.recurrentProduct = new Product(weights.recurrent(), resources, maxBatch);
    this.resources = resources;
    this.lengths = resources.lengths();
    weights.cell().update().accept(kernel -> cell = kernel);
    PackedGates layout = weights.recurrent().layout();
    this.resetBefore = weights.cell().resetBefore();
    this.stateTiles =
        resetBefore == null ? layout.tiles() : layout.tilesOf(2 * weights.cell().units());
    this.firstResetTile = layout.tileOf(2 * weights.cell().units());
    boolean inBlocks = weights.cell().general() == null;
    this.tilesPerGroup = layout.tilesPerGroup();
    this.blocksPerGroup = layout.blocksPerGroup();
    this.groups = inBlocks ? Math.ceilDiv(layout.tiles(), tilesPerGroup) : 0;
    this.reverse = reverse;
    this.input = input;
    this.projectedInput = projectedInput;
    this.rowsAhead = (int) (projectedInput.data().byteSize() / projectedInput.stride());
    this.output = output;
    this.shift = shift;
    this.keepsSteps = resources.keepsSteps();
    this.recomputed = recomputed;
    this.hiddenState = Rows.allocate(resources.kept(), maxBatch, weights.hiddenOutputSize());
    this.cellState =
        weights.cell().hasCellState()
            ? Rows.allocate(resources.kept(), maxBatch, weights.cell().units())
            : null;
    long rowsKept = keepsSteps ? (long) maxSteps * maxBatch : maxBatch;
    this.gateValues =
        recomputed == null
            ? Rows.allocate(resources.kept(), rowsKept, weights.gateFloats())
            : recomputed.gates();
    this.keptCellStates =
        keepsSteps && cellState != null
            ? Rows.allocate(
                resources.kept(),
                (long) cellStatesKept(maxSteps, maxBatch) * maxBatch,
                cellState.features())
            : null;
    this.hiddenBefore =
        keepsSteps ? Rows.allocate(resources.kept(), maxBatch, weights.hiddenOutputSize()) : null;
    if (weights.projection() == null) {
      this.projection = null;
      this.unprojected = null;
    } else {
      this.projection = new Product(weights.projection(), resources, maxBatch);
      this.unprojected =
          recomputed == null
              ? Rows.allocate(resources.kept(), rowsKept, weights.cell().units())
              : recomputed.unprojected();
    }
  }

  /**
   * Rows of W_ih x that are computed ahead, at most: so many that the weights, which are read once
   * for all of them, are no more than what is written.
   */
  static long maxRowsAhead(PackedGates input, int maxBatch) {
    return Math.max(maxBatch, Math.max(AHEAD, input.bytes()) / input.rowBytes());
  }

  private int cellStatesKept(int maxSteps, int maxBatch) {
    return recomputed == null ? maxSteps + 1 : Math.ceilDiv(maxSteps, Segment.steps(maxBatch));
  }

  /** h of every batch row. */
  Rows hiddenState() {
    return hiddenState;
  }

  /** c of every batch row; {@code null} where there is none. */
  Rows cellState() {
    return cellState;
  }

  /**
   * Runs a chunk. The hidden state of a step is written straight to its output row, where the next
   * step reads it; only the last one is copied to the state.
   */
  void forward(int steps, int batchRows) {
    batch = batchRows;
    endOfBatch = batchRows;
    chunkSteps = steps;
    ragged = lengths.areGiven();
    singleStep = steps == 1;
    step = reverse ? steps - 1 : 0;
    row = step * batch;
    first = true;
    if (keepsSteps) {
      hiddenBefore.data().copyFrom(hiddenState.data());
      stepsPerCellState = recomputed == null ? 1 : Segment.steps(batch);
      if (ragged && unprojected != null && recomputed == null) {
        clearBeyondLengths(unprojected);
      }
    }
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
    if (keepsSteps && recomputed == null) {
      keepCellState(steps);
    }
    if (keepsSteps && ragged && !reverse) {
      clearBeyondLengths(output);
    }
  }

  /**
   * The way back multiplies by zero what lies there, which must be no NaN then. The output is
   * cleared before the other direction goes through it, which leaves its state behind the end; what
   * is not projected yet is cleared before some of it is projected all the same.
   */
  private void clearBeyondLengths(Rows rows) {
    for (int b = 0; b < batch; b++) {
      for (int t = lengths.of(b, chunkSteps); t < chunkSteps; t++) {
        rows.clear((long) t * batch + b);
      }
    }
  }

  private void advance(int steps) {
    for (int i = 0; i < steps; i++) {
      if (ragged) {
        beginRagged();
      }
      if (keepsSteps) {
        keepStep();
      }
      recurrentProduct.turn();
      if (groups == 0 && endOfBatch < resources.threads()) {
        shareProducts();
      } else {
        resources.run(this);
      }
      if (projection != null) {
        project();
      }
      first = false;
      previousRow = row;
      row += reverse ? -batch : batch;
      step += reverse ? -1 : 1;
    }
  }

  private void keepStep() {
    if (recomputed == null) {
      gateRow = row;
    }
    int index = reverse ? chunkSteps - 1 - step : step;
    if (index % stepsPerCellState == 0) {
      keepCellState(index / stepsPerCellState);
    }
  }

  private void keepCellState(int place) {
    if (cellState != null) {
      long bytes = batch * cellState.stride();
      long target = keptCellStates.offset((long) place * batch);
      MemorySegment.copy(cellState.data(), 0, keptCellStates.data(), target, bytes);
    }
  }

  /** {@return what there is of a chunk for the way back} */
  StepTape tape() {
    boolean keepsGates = recomputed == null;
    return new StepTape(
        reverse,
        !keepsGates,
        input,
        projectedInput,
        gateValues,
        keepsGates ? null : keptCellStates,
        keepsGates ? keptCellStates : recomputed.cellStates(),
        hiddenBefore,
        output,
        shift,
        unprojected);
  }

  /** Finds the rows that take part in this step; those that begin with it get their state. */
  private void beginRagged() {
    endOfBatch = 0;
    for (int b = 0; b < batch; b++) {
      int length = lengths.of(b, chunkSteps);
      if (step < length) {
        endOfBatch = b + 1;
      } else if (recomputed != null && unprojected != null) {
        unprojected.clear(b);
      }
      if (reverse && !first && step == length - 1) {
        long bytes = (long) hiddenState.features() * Float.BYTES;
        MemorySegment.copy(
            hiddenState.data(), hiddenState.offset(b), output.data(), previousOffset(b), bytes);
      }
    }
  }

  /** Whether a batch row takes part in this step. */
  private boolean takesPart(int batchRow) {
    return !ragged || step < lengths.of(batchRow, chunkSteps);
  }

  @Override
  public void part(int index, int count) {
    if (endOfBatch < count && groups > 0) {
      groups(Product.share(groups, index, count), Product.share(groups, index + 1, count));
    } else {
      rows(
          Product.share(endOfBatch, index, count),
          Product.share(endOfBatch, index + 1, count),
          index);
    }
  }

  /** All batch rows, one after the other; threads share out the tiles of each product. */
  private void shareProducts() {
    for (int b = 0; b < endOfBatch; b++) {
      MemorySegment gates = gateValues.data();
      long offset = gateValues.offset((long) gateRow + b);
      if (singleStep) {
        inputProduct.shareTiles(
            input.data(),
            input.offset(b),
            projectedInput.data(),
            projectedInput.offset(b),
            0,
            inputProduct.tiles());
      }
      recurrentProduct.shareTiles(
          previous().data(), previousOffset(b), gates, offset, 0, stateTiles);
      if (resetBefore != null) {
        reset(b);
        recurrentProduct.shareTiles(
            gates,
            offset + resetBefore.resetState(),
            gates,
            offset + resetBefore.product(),
            firstResetTile,
            recurrentProduct.tiles());
      }
      update(b, 0, Integer.MAX_VALUE);
    }
  }

  private void reset(int batchRow) {
    resetBefore.reset(
        projectedInput.data(),
        projectedOffset(batchRow),
        gateValues.data(),
        gateValues.offset((long) gateRow + batchRow),
        previous().data(),
        previousOffset(batchRow));
  }

  /** Some hidden units of all batch rows. */
  private void groups(int firstGroup, int endGroup) {
    int firstTile = firstGroup * tilesPerGroup;
    int endTile = Math.min(endGroup * tilesPerGroup, recurrentProduct.tiles());
    for (int b = 0; b < endOfBatch; b++) {
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
          gateValues.offset((long) gateRow + b),
          firstTile,
          endTile);
      update(b, firstGroup * blocksPerGroup, endGroup * blocksPerGroup);
    }
  }

  /** All hidden units of some batch rows. What was read last is read first the next time. */
  private void rows(int from, int end, int thread) {
    if (from == end) {
      return;
    }
    if (recurrentProduct.goesBackwards()) {
      productOfState(from, end, thread);
      productOfInput(from, end, thread);
    } else {
      productOfInput(from, end, thread);
      productOfState(from, end, thread);
    }
    if (resetBefore != null) {
      productOfResetState(from, end, thread);
    }
    for (int b = from; b < end; b++) {
      update(b, 0, Integer.MAX_VALUE);
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
        gateValues.offset((long) gateRow + from),
        gateValues.stride(),
        end - from,
        0,
        stateTiles,
        thread);
  }

  /** The second product of a step whose cell resets the hidden state before it. */
  private void productOfResetState(int from, int end, int thread) {
    MemorySegment rows = gateValues.data();
    for (int b = from; b < end; b++) {
      reset(b);
    }
    recurrentProduct.rows(
        rows,
        gateValues.offset((long) gateRow + from) + resetBefore.resetState(),
        gateValues.stride(),
        rows,
        gateValues.offset((long) gateRow + from) + resetBefore.product(),
        gateValues.stride(),
        end - from,
        firstResetTile,
        recurrentProduct.tiles(),
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

  private long projectedOffset(int batchRow) {
    return projectedInput.offset((long) row - firstAhead + batchRow);
  }

  private void update(int batchRow, int firstBlock, int endBlock) {
    if (!takesPart(batchRow)) {
      return;
    }
    Rows h = projection == null ? output : unprojected;
    boolean hasCellState = cellState != null;
    cell.apply(
        projectedInput.data(),
        projectedOffset(batchRow),
        gateValues.data(),
        gateValues.offset((long) gateRow + batchRow),
        hasCellState ? cellState.data() : previous().data(),
        hasCellState ? cellState.offset(batchRow) : previousOffset(batchRow),
        h.data(),
        projection == null ? outputOffset(batchRow) : unprojected.offset((long) gateRow + batchRow),
        firstBlock,
        endBlock);
  }

  private void project() {
    projection.rows(
        unprojected.data(),
        unprojected.offset(gateRow),
        unprojected.stride(),
        output.data(),
        outputOffset(0),
        output.stride(),
        endOfBatch,
        0);
    int size = projection.matrix().layout().units();
    MemorySegment h = output.data();
    for (int b = 0; b < endOfBatch; b++) {
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
      int length = lengths.of(b, chunkSteps);
      if (length > 0) {
        long last = (long) (reverse ? 0 : length - 1) * batch + b;
        MemorySegment.copy(
            output.data(),
            output.offset(last) + shift,
            hiddenState.data(),
            hiddenState.offset(b),
            bytes);
      }
    }
  }
}
