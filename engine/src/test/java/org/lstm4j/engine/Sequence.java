// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.Arrays;
import java.util.Random;

/**
 * An input for a network, whether it takes vectors or tokens, in the layout [time step, batch,
 * feature].
 *
 * @param network what it is for
 * @param steps time steps to ask {@link Session#run} for; a one-to-many network takes only the
 *     first of them
 * @param batch batch rows
 * @param vectors the input of a network that takes vectors, else {@code null}
 * @param tokens the input of a network that takes tokens, else {@code null}
 */
record Sequence(Network network, int steps, int batch, float[] vectors, int[] tokens) {
  static Sequence random(Network network, int steps, int batch, long seed) {
    Random random = new Random(seed);
    int rows = batch * (network.oneToMany().isPresent() ? 1 : steps);
    if (network.takesTokens()) {
      int[] tokens = random.ints(rows, 0, network.inputSize()).toArray();
      return new Sequence(network, steps, batch, null, tokens);
    }
    float[] vectors = RandomWeights.floats(rows * network.inputSize(), 2, random);
    return new Sequence(network, steps, batch, vectors, null);
  }

  /** The time steps in [from, to). */
  Sequence steps(int from, int to) {
    if (tokens != null) {
      int[] part = Arrays.copyOfRange(tokens, from * batch, to * batch);
      return new Sequence(network, to - from, batch, null, part);
    }
    int stride = batch * network.inputSize();
    float[] part = Arrays.copyOfRange(vectors, from * stride, to * stride);
    return new Sequence(network, to - from, batch, part, null);
  }

  /** One batch row alone. */
  Sequence row(int batchRow) {
    if (tokens != null) {
      int[] part = new int[tokens.length / batch];
      Arrays.setAll(part, t -> tokens[t * batch + batchRow]);
      return new Sequence(network, steps, 1, null, part);
    }
    return new Sequence(
        network, steps, 1, row(vectors, batchRow, batch, network.inputSize()), null);
  }

  /** One batch row of an array in the layout [time step, batch, feature]. */
  static float[] row(float[] sequence, int batchRow, int batch, int features) {
    float[] row = new float[sequence.length / batch];
    for (int t = 0; t < row.length / features; t++) {
      System.arraycopy(sequence, (t * batch + batchRow) * features, row, t * features, features);
    }
    return row;
  }

  /** The output of a run. */
  float[] run(Session session) {
    float[] ys = new float[session.outputSteps(steps) * batch * network.outputSize()];
    if (tokens != null) {
      session.run(tokens, steps, ys);
    } else {
      session.run(vectors, steps, ys);
    }
    return ys;
  }

  /** The output of a step; of sequences of one step only. */
  float[] step(Session session) {
    float[] y = new float[batch * network.outputSize()];
    if (tokens != null) {
      session.step(tokens, y);
    } else {
      session.step(vectors, y);
    }
    return y;
  }
}
