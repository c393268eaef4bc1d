// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.assembly;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.stage.Lengths;
import org.lstm4j.engine.stage.ReadoutStage;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Stage;

/**
 * Brings sequences through the stages of a {@link Session}: attaches what the caller gave, checks
 * that it fits, and runs it in chunks of at most {@link SessionOptions#maxSteps()} time steps.
 */
public final class SequenceRunner {
  private final Stage[] stages;

  /** Stages before the readout; all of them where there is none. */
  private final int sequenceStages;

  // What the network answers by searching its layers is asked once: a step has no time for it.
  private final OneToMany oneToMany;
  private final boolean takesTokens;
  private final boolean batchFirst;
  private final int inputSize;
  private final int outputSize;
  private final boolean needsWholeSequence;

  /** Whether there is a way back, on which NaN times a gradient of zero would count. */
  private final boolean keepsSteps;

  private final boolean manyToOne;
  private final int maxSteps;
  private final Rows input;
  private final MemorySegment tokens;
  private final Rows output;
  private final Lengths lengths;
  private final SequencePort source = new SequencePort();
  private final SequencePort target = new SequencePort();

  /** Batch rows of every call. */
  private int batch;

  /** Those that the caller gave, or {@code null}. */
  private int[] lengthOfRow;

  public SequenceRunner(Network network, SessionPlan plan, SessionOptions options) {
    this.lengths = plan.lengths();
    this.keepsSteps = plan.keepsSteps();
    this.stages = plan.stages();
    this.input = plan.input();
    this.tokens = plan.tokens();
    this.output = stages[stages.length - 1].output();
    this.sequenceStages = countSequenceStages(stages);
    this.oneToMany = network.oneToMany().orElse(null);
    this.takesTokens = network.takesTokens();
    this.batchFirst = network.batchFirst();
    this.inputSize = network.inputSize();
    this.outputSize = network.outputSize();
    this.needsWholeSequence = network.needsWholeSequence();
    this.manyToOne = sequenceStages < stages.length;
    this.maxSteps = options.maxSteps();
    this.batch = options.batch();
  }

  private static int countSequenceStages(Stage[] stages) {
    int count = 0;
    while (count < stages.length && !(stages[count] instanceof ReadoutStage)) {
      count++;
    }
    return count;
  }

  public int batch() {
    return batch;
  }

  public void batch(int rows) {
    batch = rows;
  }

  /** Time steps of the input of a run. */
  public int inputSteps(int steps) {
    return oneToMany != null ? 1 : steps;
  }

  /** Time steps of the output of a run. */
  public int outputSteps(int steps) {
    return manyToOne ? 1 : steps;
  }

  /** Attaches an input whose output stays where it is. */
  public void attach(float[] xs, int steps) {
    requireKind(false);
    source.attach(xs, inputSteps(steps), batchFirst);
    requireInput(steps);
  }

  /** Attaches an input whose output stays where it is. */
  public void attach(int[] tokens, int steps) {
    requireKind(true);
    source.attach(tokens, inputSteps(steps), batchFirst);
    requireInput(steps);
  }

  public void attach(float[] xs, int steps, float[] ys) {
    requireKind(false);
    source.attach(xs, inputSteps(steps), batchFirst);
    target.attach(ys, outputSteps(steps), batchFirst);
    requireSizes(steps);
  }

  public void attach(int[] xs, int steps, float[] ys) {
    requireKind(true);
    source.attach(xs, inputSteps(steps), batchFirst);
    target.attach(ys, outputSteps(steps), batchFirst);
    requireSizes(steps);
  }

  public void attach(MemorySegment xs, int steps, MemorySegment ys) {
    source.attach(xs, inputSteps(steps), batchFirst);
    target.attach(ys, outputSteps(steps), batchFirst);
    requireSizes(steps);
    target.requireWritable();
  }

  /**
   * Gives each batch row of the attached sequence a length of its own.
   *
   * @throws IllegalArgumentException if there is not one for each row, from 1 to {@code steps}
   */
  public void attachLengths(int[] ofRows, int steps) {
    if (ofRows.length != batch) {
      throw new IllegalArgumentException(
          "there are %d lengths for %d batch row(s)".formatted(ofRows.length, batch));
    }
    for (int b = 0; b < batch; b++) {
      if (ofRows[b] < 1 || ofRows[b] > steps) {
        throw new IllegalArgumentException(
            "the length of batch row %d must be from 1 to %d time steps, not %d"
                .formatted(b, steps, ofRows[b]));
      }
    }
    lengthOfRow = ofRows;
    lengths.set(ofRows, 0);
  }

  /** Lets go of the caller's memory. */
  public void detach() {
    lengthOfRow = null;
    lengths.clear();
    source.detach();
    target.detach();
  }

  private void requireKind(boolean isTokens) {
    if (isTokens != takesTokens) {
      throw new IllegalArgumentException(
          isTokens
              ? "the network takes vectors of %d features, not tokens".formatted(inputSize)
              : "the network takes tokens (int), not float vectors");
    }
  }

  private void requireSizes(int steps) {
    requireInput(steps);
    requireElements("output", target.elements(), outputSteps(steps), outputSize);
  }

  private void requireInput(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("a sequence needs at least one time step, not " + steps);
    }
    int features = takesTokens ? 1 : inputSize;
    requireElements("input", source.elements(), inputSteps(steps), features);
    if (takesTokens) {
      requireTokens((int) source.elements());
    }
  }

  private void requireElements(String what, long elements, int steps, int features) {
    if (elements != (long) steps * batch * features) {
      throw new IllegalArgumentException(
          "the %s has %d elements, but %d time step(s) of %d batch row(s) with %d feature(s) are %d"
              .formatted(what, elements, steps, batch, features, (long) steps * batch * features));
    }
  }

  private void requireTokens(int count) {
    for (int i = 0; i < count; i++) {
      int token = source.token(i);
      if (token < 0 || token >= inputSize) {
        throw new IllegalArgumentException(
            "token %d at position %d is not in [0, %d)".formatted(token, i, inputSize));
      }
    }
  }

  /** Runs the attached time step. */
  public void advanceStep() {
    if (needsWholeSequence) {
      throw new IllegalStateException(
          "the network reads whole sequences (from both ends, or pooling over time): use run");
    }
    loadInput(0, 1);
    compute(1, true);
    target.store(0, 1, batch, output);
  }

  /** Runs the attached sequence in chunks. */
  public void advance(int steps) {
    int chunk = chunkSteps(steps);
    for (int first = 0; first < steps; first += chunk) {
      int count = Math.min(chunk, steps - first);
      boolean last = first + count == steps;
      loadInput(first, count);
      if (lengthOfRow != null) {
        lengths.set(lengthOfRow, first);
        if (keepsSteps && input != null) {
          clearBeyondLengths(input, count);
        }
      }
      compute(count, last);
      if (!target.isAttached()) {
        continue;
      }
      if (!manyToOne) {
        target.store(first, count, batch, output);
        clearBeyondLengths(first, count);
      } else if (last) {
        target.store(0, 1, batch, output);
      }
    }
  }

  private void clearBeyondLengths(int first, int count) {
    if (lengthOfRow == null) {
      return;
    }
    for (int b = 0; b < batch; b++) {
      int length = lengths.of(b, count);
      target.clear(first + length, first + count, b, batch, outputSize);
    }
  }

  /** Clears what lies beyond the lengths of the attached sequence, if it has some. */
  void clearBeyondLengths(Rows rows, int steps) {
    if (lengthOfRow == null || steps == 1) {
      return;
    }
    for (int b = 0; b < batch; b++) {
      for (int t = lengthOfRow[b]; t < steps; t++) {
        rows.clear((long) t * batch + b);
      }
    }
  }

  private int chunkSteps(int steps) {
    if (needsWholeSequence && steps > maxSteps) {
      throw new IllegalArgumentException(
          ("the network reads whole sequences (from both ends, or pooling over time), but the"
                  + " session was made for at most %d time steps, not %d: raise"
                  + " SessionOptions.maxSteps")
              .formatted(maxSteps, steps));
    }
    boolean feedback = oneToMany != null && oneToMany.mode() == OneToMany.Mode.FEEDBACK;
    return feedback ? 1 : Math.min(steps, maxSteps);
  }

  /** Brings the input of the given time steps to the first stage. */
  private void loadInput(int first, int count) {
    if (oneToMany == null) {
      loadSteps(first, count);
    } else {
      loadOneToMany(first, count);
    }
  }

  private void loadSteps(int first, int count) {
    if (tokens == null) {
      source.load(first, count, batch, input);
    } else {
      source.loadTokens(first, count, batch, tokens);
    }
  }

  private void loadOneToMany(int first, int count) {
    if (first == 0) {
      loadSteps(0, 1);
    }
    switch (oneToMany.mode()) {
      case REPEAT -> repeatFirstStep(count);
      case ZEROS -> clearSteps(first == 0 ? 1 : 0, count);
      case FEEDBACK -> {
        if (first > 0) {
          copyRows(output, input);
        }
      }
    }
  }

  private void repeatFirstStep(int count) {
    for (int row = batch; row < count * batch; row++) {
      if (tokens == null) {
        copyRow(input, row % batch, input, row);
      } else {
        tokens.setAtIndex(JAVA_INT, row, tokens.getAtIndex(JAVA_INT, row % batch));
      }
    }
  }

  private void clearSteps(int from, int to) {
    for (long at = input.offset((long) from * batch);
        at < input.offset((long) to * batch);
        at += Float.BYTES) {
      input.data().set(JAVA_FLOAT, at, 0f);
    }
  }

  private void copyRows(Rows from, Rows to) {
    for (int row = 0; row < batch; row++) {
      copyRow(from, row, to, row);
    }
  }

  private static void copyRow(Rows from, int fromRow, Rows to, int toRow) {
    long bytes = (long) from.features() * Float.BYTES;
    MemorySegment.copy(from.data(), from.offset(fromRow), to.data(), to.offset(toRow), bytes);
  }

  /**
   * Runs the stages; those behind a readout only on the last chunk, and the readout itself on each
   * where sequences may end before that.
   */
  private void compute(int steps, boolean last) {
    int readouts = manyToOne && lengths.areGiven() ? 1 : 0;
    int count = last ? stages.length : sequenceStages + readouts;
    int given = steps;
    for (int i = 0; i < count; i++) {
      given = stages[i].forward(given, batch);
    }
  }
}
