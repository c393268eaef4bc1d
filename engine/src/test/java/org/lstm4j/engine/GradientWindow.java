// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.Arrays;
import java.util.Random;
import org.lstm4j.engine.training.GradientSession;

/**
 * A window that goes forward and back, with gradients at random.
 *
 * @param lengths of each batch row, or {@code null} for sequences of one length
 * @param ofOutput the gradient of the output
 * @param ofState the gradient of the state after the window
 */
record GradientWindow(Sequence sequence, int[] lengths, float[] ofOutput, State ofState) {
  static GradientWindow random(Network network, int steps, int batch, int... lengths) {
    Random random = new Random(4);
    int outputSteps = network.readout().isPresent() ? 1 : steps;
    float[] ofOutput = RandomWeights.floats(outputSteps * batch * network.outputSize(), 1, random);
    State ofState = State.zeros(network, batch);
    for (String layer : ofState.layers()) {
      fill(ofState.h(layer), random);
      if (ofState.hasCellState(layer)) {
        fill(ofState.c(layer), random);
      }
    }
    Sequence sequence = Sequence.random(network, steps, batch, 5);
    return new GradientWindow(sequence, lengths, ofOutput, ofState);
  }

  private static void fill(float[] values, Random random) {
    float[] chosen = RandomWeights.floats(values.length, 1, random);
    System.arraycopy(chosen, 0, values, 0, values.length);
  }

  private Network network() {
    return sequence.network();
  }

  /** One batch row alone, cut to its length. */
  GradientWindow row(int batchRow) {
    int batch = sequence.batch();
    int length = lengths == null ? sequence.steps() : lengths[batchRow];
    Sequence row = sequence.row(batchRow);
    Sequence cut =
        network().oneToMany().isPresent()
            ? new Sequence(network(), length, 1, row.vectors(), row.tokens())
            : row.steps(0, length);
    int features = network().outputSize();
    float[] ofRow = Sequence.row(ofOutput, batchRow, batch, features);
    int outputSteps = network().readout().isPresent() ? 1 : length;
    State state = State.zeros(network(), 1);
    for (String layer : state.layers()) {
      copyRow(ofState.h(layer), state.h(layer), ofState.hShape(layer), batchRow, batch);
      if (state.hasCellState(layer)) {
        copyRow(ofState.c(layer), state.c(layer), ofState.cShape(layer), batchRow, batch);
      }
    }
    return new GradientWindow(cut, null, Arrays.copyOf(ofRow, outputSteps * features), state);
  }

  /** Copies what belongs to one of several batch rows. */
  static void copyRow(float[] from, float[] to, long[] shape, int batchRow, int batch) {
    int features = (int) shape[shape.length - 1];
    System.arraycopy(Sequence.row(from, batchRow, batch, features), 0, to, 0, to.length);
  }

  /** Goes there and back; gives the output. */
  float[] goThrough(GradientSession session) {
    float[] ys = new float[ofOutput.length];
    if (sequence.tokens() != null) {
      session.run(sequence.tokens(), sequence.steps(), lengths, ys);
    } else {
      session.run(sequence.vectors(), sequence.steps(), lengths, ys);
    }
    session.backward(ofOutput, ofState);
    return ys;
  }

  float[] inputGradient(GradientSession session) {
    float[] gradient = new float[sequence.vectors().length];
    session.inputGradient(gradient);
    return gradient;
  }

  /** The same window with NaN wherever it must not be read. */
  GradientWindow spoiltBeyondLengths() {
    boolean spoilsInput = network().oneToMany().isEmpty() && !network().takesTokens();
    boolean spoilsOutput = network().readout().isEmpty();
    Sequence spoilt =
        spoilsInput
            ? new Sequence(
                network(),
                sequence.steps(),
                sequence.batch(),
                spoilt(sequence.vectors(), network().inputSize()),
                null)
            : sequence;
    return new GradientWindow(
        spoilt,
        lengths,
        spoilsOutput ? spoilt(ofOutput, network().outputSize()) : ofOutput,
        ofState);
  }

  private float[] spoilt(float[] values, int features) {
    float[] copy = values.clone();
    int batch = sequence.batch();
    for (int i = 0; i < copy.length; i++) {
      if (i / features / batch >= lengths[i / features % batch]) {
        copy[i] = Float.NaN;
      }
    }
    return copy;
  }

  /** Leaves NaN wherever a session keeps something. */
  static void spoil(Network network, int steps, int batch, GradientSession session) {
    GradientWindow window = random(network, steps, batch, (int[]) null);
    if (!network.takesTokens()) {
      Arrays.fill(window.sequence.vectors(), Float.NaN);
    }
    Arrays.fill(window.ofOutput, Float.NaN);
    window.goThrough(session);
    session.clearGradients();
    session.state(State.initial(network, batch));
  }
}
