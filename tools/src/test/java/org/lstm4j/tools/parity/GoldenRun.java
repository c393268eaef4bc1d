// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.parity;

import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.Session;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.State;
import org.lstm4j.tools.cli.NamedArrays;
import org.lstm4j.tools.cli.SequenceRunner;
import org.lstm4j.tools.cli.SequenceShape;
import org.lstm4j.tools.data.NdArray;

/** A golden's input, ready to be run in one of several ways. */
final class GoldenRun {
  /** What a run gave: the output and the final state. */
  record Result(float[] out, State state) {}

  private final Network network;
  private final SequenceShape shape;
  private final State initial;

  /** Vectors, or tokens as floats, which hold them exactly. */
  private final float[] x;

  GoldenRun(Network network, NamedArrays golden) throws IOException {
    SequenceRunner runner = new SequenceRunner(network);
    NdArray input = golden.arrays().get(runner.inputKey());
    this.network = network;
    this.shape = runner.shape(golden, OptionalInt.empty());
    this.initial = runner.initialState(golden, shape);
    this.x = input.floats();
  }

  int batch() {
    return shape.batch();
  }

  int steps() {
    return shape.steps();
  }

  /** Runs the sequence in a session that computes at most {@code maxSteps} steps together. */
  Result run(int maxSteps) {
    try (Session session = session(shape.batch(), maxSteps, initial)) {
      float[] out = new float[outputElements()];
      run(session, x, out);
      return new Result(out, session.state());
    }
  }

  /** Runs one batch row alone; its result has a batch of one. */
  Result runRow(int row) {
    try (Session session = session(1, shape.steps(), rowOf(initial, row))) {
      float[] out = new float[outputElements() / shape.batch()];
      int inputSteps = session.inputSteps(shape.steps());
      run(session, row(x, inputSteps, row), out);
      return new Result(out, session.state());
    }
  }

  /** Cuts one batch row out of a result of all. */
  Result row(Result all, int row) {
    int outputSteps = network.readout().isPresent() ? 1 : shape.steps();
    return new Result(row(all.out(), outputSteps, row), rowOf(all.state(), row));
  }

  /** Runs the sequence with one call of {@code step} for each time step. */
  Result step() {
    try (Session session = session(shape.batch(), 1, initial)) {
      float[] out = new float[outputElements()];
      float[] y = new float[shape.batch() * network.outputSize()];
      for (int t = 0; t < shape.steps(); t++) {
        step(session, inputOf(t, y), y);
        if (network.readout().isEmpty()) {
          insert(y, t, out);
        } else {
          System.arraycopy(y, 0, out, 0, y.length);
        }
      }
      return new Result(out, session.state());
    }
  }

  private Session session(int batch, int maxSteps, State state) {
    Session session =
        network.newSession(SessionOptions.defaults().withBatch(batch).withMaxSteps(maxSteps));
    session.setState(state);
    return session;
  }

  private void run(Session session, float[] input, float[] out) {
    if (network.takesTokens()) {
      session.run(tokens(input), shape.steps(), out);
    } else {
      session.run(input, shape.steps(), out);
    }
  }

  private void step(Session session, float[] input, float[] y) {
    if (network.takesTokens()) {
      session.step(tokens(input), y);
    } else {
      session.step(input, y);
    }
  }

  /** The input of a time step, given the output of the one before. */
  private float[] inputOf(int t, float[] before) {
    OneToMany oneToMany = network.oneToMany().orElse(null);
    if (oneToMany == null) {
      return extract(x, t);
    }
    if (t == 0) {
      return x;
    }
    return switch (oneToMany.mode()) {
      case REPEAT -> x;
      case ZEROS -> new float[x.length];
      case FEEDBACK -> before.clone();
    };
  }

  private int outputElements() {
    return (int) Arrays.stream(shape.output()).reduce(1, (a, b) -> a * b);
  }

  /** The vectors of all batch rows at one time step. */
  private float[] extract(float[] sequence, int t) {
    int features = sequence.length / (shape.steps() * shape.batch());
    float[] step = new float[shape.batch() * features];
    for (int row = 0; row < shape.batch(); row++) {
      int from = place(t, row, shape.steps()) * features;
      System.arraycopy(sequence, from, step, row * features, features);
    }
    return step;
  }

  private void insert(float[] step, int t, float[] sequence) {
    int features = step.length / shape.batch();
    for (int row = 0; row < shape.batch(); row++) {
      int to = place(t, row, shape.steps()) * features;
      System.arraycopy(step, row * features, sequence, to, features);
    }
  }

  /** The vectors of one batch row at all time steps. */
  private float[] row(float[] sequence, int steps, int row) {
    int features = sequence.length / (steps * shape.batch());
    float[] result = new float[steps * features];
    for (int t = 0; t < steps; t++) {
      System.arraycopy(sequence, place(t, row, steps) * features, result, t * features, features);
    }
    return result;
  }

  private int place(int t, int row, int steps) {
    return network.batchFirst() ? row * steps + t : t * shape.batch() + row;
  }

  private State rowOf(State state, int row) {
    State result = State.zeros(network, 1);
    for (String layer : state.layers()) {
      copyRow(state.h(layer), state.hShape(layer), row, result.h(layer));
      copyRow(state.c(layer), state.cShape(layer), row, result.c(layer));
    }
    return result;
  }

  /** Copies one batch row out of [layers * directions, batch, features] or [batch, features]. */
  private void copyRow(float[] from, long[] axes, int row, float[] to) {
    int features = (int) axes[axes.length - 1];
    for (int block = 0; block * features < to.length; block++) {
      int place = (block * shape.batch() + row) * features;
      System.arraycopy(from, place, to, block * features, features);
    }
  }

  private static int[] tokens(float[] values) {
    int[] tokens = new int[values.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (int) values[i];
    }
    return tokens;
  }
}
