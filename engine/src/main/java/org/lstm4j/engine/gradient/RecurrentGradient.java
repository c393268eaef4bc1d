// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.gradient;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.stage.Lengths;
import org.lstm4j.engine.stage.RecurrentStage;
import org.lstm4j.engine.stage.RecurrentWeights;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.StepTape;

/**
 * The way back through a stack of recurrent layers.
 *
 * <p>Gradients of states are read and written in PyTorch's layout, [layers * directions, batch,
 * features].
 */
public final class RecurrentGradient implements GradientStage {
  private final RecurrentStage stage;
  private final int directions;
  private final List<StepTape> tapes;
  private final List<DirectionGradient> stack = new ArrayList<>();
  private final Lengths lengths;

  /** The gradient of each layer's output; the last one is the stage's. */
  private final Rows[] outputGradients;

  /** Of the stage's input; {@code null} if nobody asks for it. */
  private final Rows inputGradient;

  // See finalState.
  private float[] finalHidden;
  private float[] finalCell;

  /**
   * Lays it out.
   *
   * @param stage the stage
   * @param weights for each layer, for each direction
   * @param names of the parameters, likewise
   * @param outputGradient the gradient of the stage's output
   * @param inputGradient receives that of its input; {@code null} if nobody asks for it
   */
  public RecurrentGradient(
      RecurrentStage stage,
      List<RecurrentWeights> weights,
      List<DirectionNames> names,
      ParameterMemory parameters,
      int directions,
      Rows outputGradient,
      Rows inputGradient,
      Resources resources,
      int maxSteps,
      int maxBatch) {
    this.stage = stage;
    this.directions = directions;
    this.tapes = stage.tapes();
    this.lengths = resources.lengths();
    this.inputGradient = inputGradient;
    int layers = weights.size() / directions;
    long maxRows = (long) maxSteps * maxBatch;
    this.outputGradients = new Rows[layers];
    for (int layer = 0; layer < layers; layer++) {
      Rows output = tapes.get(layer * directions).output();
      outputGradients[layer] =
          layer == layers - 1
              ? outputGradient
              : Rows.allocate(resources.temporary(), maxRows, output.features());
      boolean wanted = layer > 0 || inputGradient != null;
      for (int direction = 0; direction < directions; direction++) {
        int i = layer * directions + direction;
        stack.add(
            new DirectionGradient(
                weights.get(i),
                names.get(i),
                parameters,
                tapes.get(i),
                outputGradients[layer],
                wanted,
                resources,
                maxSteps,
                maxBatch));
      }
    }
  }

  @Override
  public void backward(int steps, int batch) {
    for (int layer = outputGradients.length - 1; layer >= 0; layer--) {
      Rows below = layer > 0 ? outputGradients[layer - 1] : inputGradient;
      stage.backThroughDropout(layer, outputGradients[layer]);
      for (int direction = 0; direction < directions; direction++) {
        int i = layer * directions + direction;
        startFromFinalState(i, steps, batch);
        stack.get(i).backward(steps, batch, below);
      }
    }
    finalHidden = null;
    finalCell = null;
  }

  /**
   * Gives the gradient of the state after the chunk to the next {@link #backward}; without it, it
   * is zeros.
   *
   * @param h {@code null} for zeros
   * @param c {@code null} for zeros
   */
  public void finalState(float[] h, float[] c) {
    finalHidden = h;
    finalCell = c;
  }

  private void startFromFinalState(int i, int steps, int batch) {
    Rows carry = stack.get(i).carry();
    carry.data().fill((byte) 0);
    for (int b = 0; b < batch; b++) {
      if (finalCell != null) {
        int n = carry.features();
        int from = (i * batch + b) * n;
        MemorySegment.copy(finalCell, from, carry.data(), JAVA_FLOAT, carry.offset(b), n);
      }
      if (finalHidden != null) {
        addToOutput(i, b, steps, batch);
      }
    }
  }

  /** The final hidden state is the output at the last step, and so are their gradients. */
  private void addToOutput(int i, int b, int steps, int batch) {
    StepTape tape = tapes.get(i);
    Rows gradient = outputGradients[i / directions];
    int n = tape.hiddenBefore().features();
    long last = tape.reverse() ? b : (long) (lengths.of(b, steps) - 1) * batch + b;
    long at = gradient.offset(last) + tape.shift();
    for (int k = 0; k < n; k++) {
      long place = at + (long) k * Float.BYTES;
      float sum = gradient.data().get(JAVA_FLOAT, place) + finalHidden[(i * batch + b) * n + k];
      gradient.data().set(JAVA_FLOAT, place, sum);
    }
  }

  /** Copies the gradient of the state before the chunk out, in PyTorch's layout. */
  public void readInitialState(float[] h, float[] c, int batch) {
    for (int i = 0; i < stack.size(); i++) {
      for (int b = 0; b < batch; b++) {
        read(stack.get(i).hiddenGradient(), b, h, i * batch + b);
        if (c != null) {
          read(stack.get(i).carry(), b, c, i * batch + b);
        }
      }
    }
  }

  private static void read(Rows rows, int row, float[] values, int block) {
    int n = rows.features();
    MemorySegment.copy(rows.data(), JAVA_FLOAT, rows.offset(row), values, block * n, n);
  }

  @Override
  public void refresh() {
    stack.forEach(DirectionGradient::refresh);
  }

  @Override
  public void collect() {
    stack.forEach(DirectionGradient::collect);
  }

  @Override
  public void clear() {
    stack.forEach(DirectionGradient::clear);
  }
}
