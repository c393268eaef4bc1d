// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lstm4j.engine.kernel.GeneralGruGradient;
import org.lstm4j.engine.stage.Cell;
import org.lstm4j.engine.stage.Product;
import org.lstm4j.engine.stage.RecurrentWeights;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Segment;
import org.lstm4j.engine.stage.StepTape;

/**
 * The gradients of the weights of one direction of a recurrent layer, over all steps of a segment.
 */
final class DirectionWeights {
  private final StepTape tape;
  private final MatrixGradient input;
  private final MatrixGradient recurrent;

  /** {@code null} where there is no projection. */
  private final MatrixGradient projection;

  /** {@code null} where there are none. */
  private final PeepholeGradient peepholes;

  /** {@code null} but where a cell resets the hidden state before its product. */
  private final GeneralGruGradient reset;

  /** Then the gradient of the second product of each step. */
  private final Rows ofReset;

  /** The gradient of W_ih x of each step. */
  private final Rows ofInput;

  /** The gradient of the projection's output of each step of a segment. */
  private final Rows ofProjection;

  /** {@code null} where there are no peepholes. */
  private final MemorySegment ofPeepholes;

  /**
   * Zeros.
   *
   * @param tape whose gates become gradients before {@link #add}
   * @param ofProjection the gradient of the projection's output of each step of a segment, if there
   *     is one
   */
  DirectionWeights(
      RecurrentWeights weights,
      DirectionNames names,
      ParameterMemory parameters,
      StepTape tape,
      Rows ofProjection,
      Resources resources) {
    this.tape = tape;
    this.ofProjection = ofProjection;
    Cell cell = weights.cell();
    this.ofInput = cell.hasTwoGradients() ? tape.fromInput() : tape.gates();
    List<MemorySegment> biases =
        names.biasIh() == null
            ? List.of()
            : List.of(parameters.gradients(names.biasIh()), parameters.gradients(names.biasHh()));
    boolean twoSums = !biases.isEmpty() && cell.hasTwoGradients();
    this.input =
        new MatrixGradient(
            weights.input().layout(),
            parameters.gradients(names.weightIh()),
            twoSums ? biases.subList(0, 1) : biases,
            resources);
    this.recurrent =
        new MatrixGradient(
            weights.recurrent().layout(),
            parameters.gradients(names.weightHh()),
            twoSums ? biases.subList(1, 2) : List.of(),
            resources);
    this.peepholes = names.peephole() == null ? null : peepholes(weights, tape, resources);
    this.ofPeepholes = peepholes == null ? null : parameters.gradients(names.peephole());
    this.reset = cell.resetGradient();
    this.ofReset = reset == null ? null : shifted(tape.gates(), reset.product());
    this.projection =
        weights.projection() == null
            ? null
            : new MatrixGradient(
                weights.projection().layout(),
                parameters.gradients(names.weightHr()),
                List.of(),
                resources);
  }

  private static PeepholeGradient peepholes(
      RecurrentWeights weights, StepTape tape, Resources resources) {
    int units = weights.cell().units();
    int gates = weights.recurrent().layout().units() / units;
    return new PeepholeGradient(tape, resources.lengths(), units, gates - 1);
  }

  /** Rows that start later in their memory. */
  private static Rows shifted(Rows rows, long bytes) {
    return new Rows(rows.data().asSlice(bytes), rows.features(), rows.stride());
  }

  /** Adds the gradients of some rows of all matrices. */
  void add(Segment segment, int index, int count) {
    int rows = segment.rows();
    int first = Product.share(input.groups(), index, count);
    int end = Product.share(input.groups(), index + 1, count);
    long kept = segment.kept(segment.firstRow());
    Rows x = tape.input();
    long place = x.offset(segment.firstRow());
    input.add(ofInput, kept, x.data(), place, x.stride(), rows, first, end, index);
    addRecurrent(segment, first, end, index);
    if (reset != null) {
      Rows gates = tape.gates();
      place = gates.offset(kept) + reset.resetState();
      recurrent.add(ofReset, kept, gates.data(), place, gates.stride(), rows, first, end, index);
    }
    if (peepholes != null) {
      peepholes.add(
          segment,
          Product.share(peepholes.units(), index, count),
          Product.share(peepholes.units(), index + 1, count));
    }
    if (projection != null) {
      Rows unprojected = tape.unprojected();
      projection.add(
          ofProjection,
          0,
          unprojected.data(),
          unprojected.offset(kept),
          unprojected.stride(),
          rows,
          Product.share(projection.groups(), index, count),
          Product.share(projection.groups(), index + 1, count),
          index);
    }
  }

  /** The first step was given the hidden state before the window, the others that of a step. */
  private void addRecurrent(Segment segment, int firstGroup, int endGroup, int thread) {
    int batch = segment.batch();
    long firstRow = segment.firstRow();
    int rows = segment.rows();
    if (segment.first() == 0) {
      Rows start = tape.hiddenBefore();
      long row = segment.kept((long) segment.step(0) * batch);
      recurrent.add(
          tape.gates(), row, start.data(), 0, start.stride(), batch, firstGroup, endGroup, thread);
      firstRow += tape.reverse() ? 0 : batch;
      rows -= batch;
    }
    Rows output = tape.output();
    recurrent.add(
        tape.gates(),
        segment.kept(firstRow),
        output.data(),
        output.offset(firstRow + (tape.reverse() ? batch : -batch)) + tape.shift(),
        output.stride(),
        rows,
        firstGroup,
        endGroup,
        thread);
  }

  void collect() {
    input.collect();
    recurrent.collect();
    if (peepholes != null) {
      peepholes.collect(ofPeepholes);
    }
  }

  void clear() {
    input.clear();
    recurrent.clear();
    if (projection != null) {
      projection.clear();
    }
    if (peepholes != null) {
      peepholes.clear();
    }
  }
}
