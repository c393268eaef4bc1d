// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.kernel.CellGradient;
import org.lstm4j.engine.kernel.GeneralGruGradient;
import org.lstm4j.engine.stage.Cell;
import org.lstm4j.engine.stage.Lengths;
import org.lstm4j.engine.stage.Product;
import org.lstm4j.engine.stage.Recomputation;
import org.lstm4j.engine.stage.RecurrentWeights;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Segment;
import org.lstm4j.engine.stage.StepTape;
import org.lstm4j.engine.stage.Team;

/**
 * Backpropagation through time for one layer of a recurrent stack in one direction.
 *
 * <p>From the last step to the first, each goes back through its cell and multiplies the gradient
 * of its gates by W_hh, which is all that one step needs of another. The gradients of gates take
 * the places of the gates, and when all of a {@link Segment} are there, those of the weights
 * ({@link DirectionWeights}) are one product over its steps, and so is that of the input. With
 * several threads, batch rows are split, and then the rows of weights.
 */
final class DirectionGradient implements Team.Task {
  private final DirectionNames names;
  private final ParameterMemory parameters;
  private final Cell form;
  private final StepTape tape;
  private final Resources resources;
  private final Lengths lengths;
  private final DirectionWeights weightGradients;
  private final TransposedMatrix recurrentTransposed;
  private final Product recurrentBack;

  // null where nobody asks for the gradient of the input.
  private final TransposedMatrix inputTransposed;
  private final Product inputBack;

  // null where there is no projection.
  private final TransposedMatrix projectionTransposed;
  private final Product projectionBack;

  /** Not final: see SessionKernels. */
  private CellGradient cell;

  /** The gradient of this layer's output, with that of the other direction. */
  private final Rows outputGradient;

  /** The gradient of h of a step from the step after it; of each batch row. */
  private final Rows fromNext;

  /** The gradient of h before the chunk; of each batch row. */
  private final Rows hiddenGradient;

  /** See {@link CellGradient}. */
  private final Rows carry;

  /** Where a cell resets the hidden state before its product, else {@code null}. */
  private final GeneralGruGradient reset;

  /** The gradient of the hidden state that was reset, of each batch row. */
  private final Rows fromReset;

  /** Where there is a projection, the gradient of what it gave, of each step of a segment. */
  private final Rows projected;

  /** And of what it was given, of each batch row. */
  private final Rows unprojected;

  private final Rows zeros;

  /** Gives what was not kept; {@code null} where everything was. */
  private final Recomputation recomputation;

  /** Of the second direction, the gradient of the input, before it is added to the first one's. */
  private final Rows addend;

  private final Segment segment;
  private int batch;
  private int steps;
  private int index;
  private int step;
  private boolean weightsTurn;

  DirectionGradient(
      RecurrentWeights weights,
      DirectionNames names,
      ParameterMemory parameters,
      StepTape tape,
      Rows outputGradient,
      boolean wantsInputGradient,
      Resources resources,
      int maxSteps,
      int maxBatch) {
    this.names = names;
    this.parameters = parameters;
    this.tape = tape;
    this.resources = resources;
    this.lengths = resources.lengths();
    this.outputGradient = outputGradient;
    this.form = weights.cell();
    form.gradient().accept(kernel -> cell = kernel);
    this.recurrentTransposed = new TransposedMatrix(weights.recurrent().layout(), resources);
    this.recurrentBack = new Product(recurrentTransposed.matrix(), resources, maxBatch);
    long maxRows = Segment.maxRows(maxSteps, maxBatch);
    this.segment = new Segment(tape);
    this.recomputation =
        tape.recomputed() ? new Recomputation(weights, tape, resources, maxSteps, maxBatch) : null;
    this.inputTransposed =
        wantsInputGradient ? new TransposedMatrix(weights.input().layout(), resources) : null;
    this.inputBack =
        wantsInputGradient ? new Product(inputTransposed.matrix(), resources, maxRows) : null;
    this.addend =
        wantsInputGradient && tape.reverse()
            ? Rows.allocate(resources.temporary(), maxRows, tape.input().features())
            : null;
    int units = form.units();
    this.fromNext = Rows.allocate(resources.temporary(), maxBatch, tape.hiddenBefore().features());
    this.hiddenGradient = Rows.allocate(resources.temporary(), maxBatch, fromNext.features());
    this.carry = Rows.allocate(resources.temporary(), maxBatch, units);
    this.reset = form.resetGradient();
    this.fromReset = reset == null ? null : Rows.allocate(resources.temporary(), maxBatch, units);
    if (weights.projection() == null) {
      this.projectionTransposed = null;
      this.projectionBack = null;
      this.projected = null;
      this.unprojected = null;
      this.zeros = null;
    } else {
      this.projectionTransposed = new TransposedMatrix(weights.projection().layout(), resources);
      this.projectionBack = new Product(projectionTransposed.matrix(), resources, maxBatch);
      this.projected = Rows.allocate(resources.temporary(), maxRows, fromNext.features());
      this.unprojected = Rows.allocate(resources.temporary(), maxBatch, units);
      this.zeros = Rows.allocate(resources.temporary(), 1, units);
    }
    this.weightGradients =
        new DirectionWeights(weights, names, parameters, tape, projected, resources);
  }

  /** The gradient of the hidden state before the chunk, of each batch row, after a backward. */
  Rows hiddenGradient() {
    return hiddenGradient;
  }

  /** Before a backward, the gradient of the cell state after the chunk; then that before it. */
  Rows carry() {
    return carry;
  }

  /**
   * Goes back through a window.
   *
   * @param inputGradient receives the gradient of the input, to which that of the second direction
   *     is added; {@code null} if nobody asks for it
   */
  void backward(int windowSteps, int batchRows, Rows inputGradient) {
    steps = windowSteps;
    batch = batchRows;
    fromNext.data().fill((byte) 0);
    segment.startBehind(steps, batch);
    while (segment.goBack()) {
      if (recomputation != null) {
        recomputation.run(segment);
      }
      weightsTurn = false;
      for (index = segment.end() - 1; index >= segment.first(); index--) {
        step = segment.step(index);
        resources.run(this);
      }
      weightsTurn = true;
      resources.run(this);
      if (inputBack != null) {
        multiplyBackToInput(inputGradient);
      }
    }
    if (!form.hasCellState()) {
      addCarry();
    }
  }

  private void multiplyBackToInput(Rows inputGradient) {
    Rows d = form.hasTwoGradients() ? tape.fromInput() : tape.gates();
    long firstRow = segment.firstRow();
    int rows = segment.rows();
    if (addend == null) {
      inputBack.apply(d, segment.kept(firstRow), inputGradient, firstRow, rows);
      return;
    }
    inputBack.apply(d, segment.kept(firstRow), addend, 0, rows);
    for (int row = 0; row < rows; row++) {
      inputGradient.add(firstRow + row, 1, addend, row);
    }
  }

  /** Without a cell state, what is carried belongs to the hidden state before the chunk too. */
  private void addCarry() {
    for (int b = 0; b < batch; b++) {
      for (long i = 0; i < (long) carry.features() * Float.BYTES; i += Float.BYTES) {
        long place = hiddenGradient.offset(b) + i;
        float sum =
            hiddenGradient.data().get(JAVA_FLOAT, place)
                + carry.data().get(JAVA_FLOAT, carry.offset(b) + i);
        hiddenGradient.data().set(JAVA_FLOAT, place, sum);
      }
    }
  }

  @Override
  public void part(int thread, int count) {
    if (weightsTurn) {
      weightGradients.add(segment, thread, count);
    } else {
      rows(Product.share(batch, thread, count), Product.share(batch, thread + 1, count), thread);
    }
  }

  /** Some batch rows of a step. */
  private void rows(int from, int end, int thread) {
    if (from == end) {
      return;
    }
    if (projectionBack != null) {
      unproject(from, end, thread);
    }
    for (int b = from; b < end; b++) {
      if (step < lengths.of(b, steps)) {
        cell(b);
      } else {
        clear(keptRow(b));
      }
    }
    if (reset != null) {
      reset(from, end, thread);
    }
    multiplyBack(0, fromNext, from, end, thread);
    for (int b = from; b < end; b++) {
      if (tape.isFirstStep(step, lengths.of(b, steps))) {
        MemorySegment.copy(
            fromNext.data(),
            fromNext.offset(b),
            hiddenGradient.data(),
            hiddenGradient.offset(b),
            fromNext.stride());
      }
    }
  }

  /** Multiplies gradients in the rows of the gates by W_hh, and sets the rows of a result. */
  private void multiplyBack(long place, Rows result, int from, int end, int thread) {
    Rows gates = tape.gates();
    recurrentBack.rows(
        gates.data(),
        gates.offset(keptRow(from)) + place,
        gates.stride(),
        result.data(),
        result.offset(from),
        result.stride(),
        end - from,
        thread);
  }

  /** The way back through the reset of the hidden state, before its product. */
  private void reset(int from, int end, int thread) {
    multiplyBack(reset.product(), fromReset, from, end, thread);
    for (int b = from; b < end; b++) {
      if (step < lengths.of(b, steps)) {
        reset.reset(
            tape.fromInput().data(),
            tape.fromInput().offset(keptRow(b)),
            tape.gates().data(),
            tape.gates().offset(keptRow(b)),
            before(b).data(),
            beforeOffset(b),
            fromReset.data(),
            fromReset.offset(b),
            carry.data(),
            carry.offset(b));
      }
    }
  }

  /** A row that takes no part. */
  private void clear(long row) {
    tape.gates().clear(row);
    if (form.hasTwoGradients()) {
      tape.fromInput().clear(row);
    }
  }

  private long row(int batchRow) {
    return (long) step * batch + batchRow;
  }

  /** Of gates. */
  private long keptRow(int batchRow) {
    return segment.kept(row(batchRow));
  }

  /** In the segment. */
  private long rowInSegment(int batchRow) {
    return row(batchRow) - segment.firstRow();
  }

  private void unproject(int from, int end, int thread) {
    for (int b = from; b < end; b++) {
      add(b);
    }
    projectionBack.rows(
        projected.data(),
        projected.offset(rowInSegment(from)),
        projected.stride(),
        unprojected.data(),
        unprojected.offset(from),
        unprojected.stride(),
        end - from,
        thread);
  }

  /** The whole gradient of h: from above and from the step after. */
  private void add(int batchRow) {
    long above = outputGradient.offset(row(batchRow)) + tape.shift();
    long to = projected.offset(rowInSegment(batchRow));
    boolean takesPart = step < lengths.of(batchRow, steps);
    for (long i = 0; i < (long) projected.features() * Float.BYTES; i += Float.BYTES) {
      float sum =
          outputGradient.data().get(JAVA_FLOAT, above + i)
              + fromNext.data().get(JAVA_FLOAT, fromNext.offset(batchRow) + i);
      projected.data().set(JAVA_FLOAT, to + i, takesPart ? sum : 0);
    }
  }

  private void cell(int b) {
    Rows gates = tape.gates();
    long row = keptRow(b);
    boolean hasCellState = form.hasCellState();
    Rows after = hasCellState ? tape.cellStates() : tape.output();
    long afterOffset =
        hasCellState
            ? after.offset(segment.cellAfter(index, b))
            : after.offset(row(b)) + tape.shift();
    boolean projects = projectionBack != null;
    Rows above = projects ? zeros : outputGradient;
    Rows next = projects ? unprojected : fromNext;
    cell.apply(
        tape.fromInput().data(),
        form.keepsFromInput() ? tape.fromInput().offset(row) : 0,
        gates.data(),
        gates.offset(row),
        before(b).data(),
        beforeOffset(b),
        after.data(),
        afterOffset,
        above.data(),
        projects ? 0 : above.offset(row(b)) + tape.shift(),
        next.data(),
        next.offset(b),
        carry.data(),
        carry.offset(b));
  }

  /** Where the cell state before the step lies; the hidden state where there is none. */
  private Rows before(int b) {
    return form.hasCellState() ? tape.cellStates() : tape.stateBefore(step, lengths.of(b, steps));
  }

  private long beforeOffset(int b) {
    return form.hasCellState()
        ? tape.cellStates().offset(segment.cellBefore(index, b))
        : tape.stateBeforeOffset(step, lengths.of(b, steps), batch, b);
  }

  void refresh() {
    recurrentTransposed.refresh(parameters.values(names.weightHh()));
    if (inputTransposed != null) {
      inputTransposed.refresh(parameters.values(names.weightIh()));
    }
    if (projectionTransposed != null) {
      projectionTransposed.refresh(parameters.values(names.weightHr()));
    }
  }

  void collect() {
    weightGradients.collect();
  }

  void clear() {
    weightGradients.clear();
  }
}
