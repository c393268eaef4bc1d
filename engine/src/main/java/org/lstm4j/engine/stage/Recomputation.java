// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.stage;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.CellUpdate;
import org.lstm4j.engine.kernel.GeneralGru;
import org.lstm4j.engine.kernel.PackedGates;

/**
 * Computes again, to the same bits, what one direction of a recurrent layer did not keep. Hidden
 * states are kept, so that no product waits for the step before: those of a segment are one of
 * matrices each, and only cell states follow one another.
 *
 * <p>Used by one thread at a time, which shares the work with its team; allocates nothing.
 */
public final class Recomputation {
  private final StepTape tape;
  private final Resources resources;
  private final Lengths lengths;
  private final boolean isNeeded;
  private final Product inputProduct;
  private final Product recurrentProduct;

  /** The cell where it resets the hidden state before its product; else {@code null}. */
  private final GeneralGru resetBefore;

  /** The first of the tiles that are multiplied by the hidden state that was reset. */
  private final int firstResetTile;

  /** One row of each thread, for hidden states that are there already. */
  private final Rows hidden;

  private final Team.Task products = this::multiply;
  private final Team.Task cells = this::update;

  /** Not final: see SessionKernels. */
  private CellUpdate cell;

  private Segment segment;

  /**
   * Lays it out.
   *
   * @param tape of a direction that keeps no gates
   */
  public Recomputation(
      RecurrentWeights weights, StepTape tape, Resources resources, int maxSteps, int maxBatch) {
    this.tape = tape;
    this.resources = resources;
    this.lengths = resources.lengths();
    this.isNeeded = !weights.cell().goesBackWithoutGates();
    long maxRows = Segment.maxRows(maxSteps, maxBatch);
    this.inputProduct = new Product(weights.input(), resources, maxRows);
    this.recurrentProduct = new Product(weights.recurrent(), resources, maxRows);
    PackedGates layout = weights.recurrent().layout();
    this.resetBefore = weights.cell().resetBefore();
    this.firstResetTile = resetBefore == null ? 0 : layout.tileOf(2 * weights.cell().units());
    this.hidden = Rows.allocate(resources.temporary(), resources.threads(), weights.cell().units());
    weights.cell().update().accept(kernel -> cell = kernel);
  }

  /** Fills the rows of the tape with what was there on the way there. */
  public void run(Segment wanted) {
    if (isNeeded) {
      segment = wanted;
      resources.run(products);
      resources.run(cells);
    }
  }

  /** Some rows of the segment. */
  private void multiply(int index, int count) {
    int from = Product.share(segment.rows(), index, count);
    int end = Product.share(segment.rows(), index + 1, count);
    Rows input = tape.input();
    long row = segment.firstRow() + from;
    multiply(inputProduct, input, input.offset(row), tape.fromInput(), from, end, index);
    multiplyState(from, end, index);
    if (resetBefore != null && from < end) {
      resetState(from, end, index);
    }
  }

  /** The first step was given the hidden state before the window, the others that of a step. */
  private void multiplyState(int from, int end, int thread) {
    int batch = segment.batch();
    long firstRow = segment.firstRow();
    long start = (long) segment.step(0) * batch - firstRow;
    int startFrom = Math.clamp(start, from, end);
    int startEnd = Math.clamp(start + batch, from, end);
    Rows before = tape.hiddenBefore();
    long place = before.offset(startFrom - start);
    multiply(recurrentProduct, before, place, tape.gates(), startFrom, startEnd, thread);
    int otherFrom = tape.reverse() ? from : startEnd;
    int otherEnd = tape.reverse() ? startFrom : end;
    Rows output = tape.output();
    long rowBefore = firstRow + otherFrom + (tape.reverse() ? batch : -batch);
    place = output.offset(rowBefore) + tape.shift();
    multiply(recurrentProduct, output, place, tape.gates(), otherFrom, otherEnd, thread);
  }

  private static void multiply(
      Product product, Rows x, long place, Rows out, int from, int end, int thread) {
    if (from < end) {
      product.rows(
          x.data(),
          place,
          x.stride(),
          out.data(),
          out.offset(from),
          out.stride(),
          end - from,
          thread);
    }
  }

  /** The second product, of a cell that resets the hidden state before it. */
  private void resetState(int from, int end, int thread) {
    Rows gates = tape.gates();
    MemorySegment rows = gates.data();
    int batch = segment.batch();
    for (int row = from; row < end; row++) {
      int step = (int) ((segment.firstRow() + row) / batch);
      int b = row % batch;
      int length = lengths.of(b, segment.windowSteps());
      if (step < length) {
        resetBefore.reset(
            tape.fromInput().data(),
            tape.fromInput().offset(row),
            rows,
            gates.offset(row),
            tape.stateBefore(step, length).data(),
            tape.stateBeforeOffset(step, length, batch, b));
      }
    }
    recurrentProduct.rows(
        rows,
        gates.offset(from) + resetBefore.resetState(),
        gates.stride(),
        rows,
        gates.offset(from) + resetBefore.product(),
        gates.stride(),
        end - from,
        firstResetTile,
        recurrentProduct.tiles(),
        thread);
  }

  /** All steps of some batch rows. */
  private void update(int index, int count) {
    int batch = segment.batch();
    int end = Product.share(batch, index + 1, count);
    for (int b = Product.share(batch, index, count); b < end; b++) {
      Rows states = tape.cellStates();
      if (states != null) {
        long kept = (long) segment.number() * batch + b;
        copy(tape.segmentStarts(), kept, states, segment.cellBefore(segment.first(), b));
      }
      int length = lengths.of(b, segment.windowSteps());
      for (int i = segment.first(); i < segment.end(); i++) {
        if (states != null) {
          copy(states, segment.cellBefore(i, b), states, segment.cellAfter(i, b));
        }
        int step = segment.step(i);
        long row = segment.kept((long) step * batch + b);
        if (step < length) {
          update(i, step, b, row, index);
        } else if (tape.unprojected() != null) {
          tape.unprojected().clear(row);
        }
      }
    }
  }

  private static void copy(Rows from, long fromRow, Rows to, long toRow) {
    MemorySegment.copy(
        from.data(), from.offset(fromRow), to.data(), to.offset(toRow), from.stride());
  }

  private void update(int i, int step, int b, long row, int thread) {
    int length = lengths.of(b, segment.windowSteps());
    Rows states = tape.cellStates();
    Rows state = states == null ? tape.stateBefore(step, length) : states;
    long stateOffset =
        states == null
            ? tape.stateBeforeOffset(step, length, segment.batch(), b)
            : states.offset(segment.cellAfter(i, b));
    Rows h = tape.unprojected() == null ? hidden : tape.unprojected();
    cell.apply(
        tape.fromInput().data(),
        tape.fromInput().offset(row),
        tape.gates().data(),
        tape.gates().offset(row),
        state.data(),
        stateOffset,
        h.data(),
        h.offset(tape.unprojected() == null ? thread : row),
        0,
        Integer.MAX_VALUE);
  }
}
