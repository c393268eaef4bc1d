// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import java.util.Arrays;
import java.util.List;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.State;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.assembly.Backpropagation;

/**
 * Runs a network forward and back by backpropagation through time: the gradients of a loss with
 * respect to every parameter, the input and the initial state.
 *
 * <p>{@link #run} goes forward and keeps what the way back needs, {@link #backward} takes the
 * gradient of the loss with respect to the output and adds to the gradients of the parameters,
 * which are those of all windows since {@link #clearGradients}. A sequence longer than {@link
 * SessionOptions#maxSteps()} is run in windows, each followed by its backward: truncated
 * backpropagation, the state carried over but not its gradient.
 *
 * <p>Shapes and batch order are those of {@link org.lstm4j.engine.Session}. The session has its own
 * copy of the weights. It belongs to one thread at a time; misuse throws {@link
 * IllegalArgumentException} or {@link IllegalStateException} before anything is changed.
 */
public final class GradientSession implements AutoCloseable {
  private final Network network;
  private final Backpropagation way;
  private final State shape;
  private final List<String> layers;

  /** Of the window that ran last, if it was given some. */
  private final int[] lengths;

  private boolean hasLengths;

  /** Of the window that ran last and has not gone back yet, else 0. */
  private int steps;

  /** Time steps of the window that went back last, 0 for none yet. */
  private int stepsBack;

  private boolean collected;
  private boolean closed;

  /**
   * A session that starts from a state of zeros, or from the network's own.
   *
   * @param network the network; not used any more afterwards
   * @param options batch rows and time steps of a window, and threads; weights are float32 always
   * @throws IllegalArgumentException if a layer cannot go back
   */
  public GradientSession(Network network, SessionOptions options) {
    this(network, options, false);
  }

  /**
   * A session that starts from a state of zeros, or from the network's own.
   *
   * @param network the network; not used any more afterwards
   * @param options batch rows and time steps of a window, and threads; weights are float32 always
   * @param recompute whether to compute gates again on the way back rather than keep them: see
   *     {@link TrainerOptions#withRecompute}
   * @throws IllegalArgumentException if a layer cannot go back
   */
  public GradientSession(Network network, SessionOptions options, boolean recompute) {
    this.network = network;
    this.way = new Backpropagation(network, options, true, recompute, null);
    way.start();
    this.shape = State.zeros(network, options.batch());
    this.layers = shape.layers();
    this.lengths = new int[options.batch()];
    state(State.initial(network, options.batch()));
  }

  /**
   * Runs a window from the state that the one before left.
   *
   * @param xs [time step, batch, input size]
   * @param windowSteps time steps, at most {@link SessionOptions#maxSteps()}
   * @param ys receives [time step, batch, output size], a single time step from a many-to-one
   *     network
   */
  public void run(float[] xs, int windowSteps, float[] ys) {
    run(xs, windowSteps, null, ys);
  }

  /**
   * Runs a window of sequences of different lengths.
   *
   * @param xs [time step, batch, input size]; what lies beyond a length counts for nothing
   * @param windowSteps time steps, at most {@link SessionOptions#maxSteps()}
   * @param lengthOfRow time steps of each batch row, or {@code null} for all
   * @param ys receives [time step, batch, output size], zeros beyond a length
   */
  public void run(float[] xs, int windowSteps, int[] lengthOfRow, float[] ys) {
    requireOpen();
    way.runner().attach(xs, windowSteps, ys);
    advance(windowSteps, lengthOfRow);
  }

  /**
   * Runs a window of a network that takes tokens.
   *
   * @param tokens [time step, batch]
   * @param windowSteps time steps, at most {@link SessionOptions#maxSteps()}
   * @param lengthOfRow time steps of each batch row, or {@code null} for all
   * @param ys receives [time step, batch, output size], zeros beyond a length
   */
  public void run(int[] tokens, int windowSteps, int[] lengthOfRow, float[] ys) {
    requireOpen();
    way.runner().attach(tokens, windowSteps, ys);
    advance(windowSteps, lengthOfRow);
  }

  private void advance(int windowSteps, int[] lengthOfRow) {
    steps = 0;
    stepsBack = 0;
    hasLengths = lengthOfRow != null;
    try {
      if (hasLengths) {
        way.runner().attachLengths(lengthOfRow, windowSteps);
        System.arraycopy(lengthOfRow, 0, lengths, 0, lengths.length);
      }
      way.forward(windowSteps);
      steps = windowSteps;
    } finally {
      way.runner().detach();
    }
  }

  /**
   * Goes back through the window that ran last, once, and adds to the gradients of the parameters.
   *
   * @param outputGradient the gradient of the loss with respect to the output, in its shape
   * @throws IllegalStateException if no window has run since the last backward
   */
  public void backward(float[] outputGradient) {
    backward(outputGradient, null);
  }

  /**
   * Goes back through the window that ran last, once, and adds to the gradients of the parameters.
   *
   * @param outputGradient the gradient of the loss with respect to the output, in its shape
   * @param finalState that with respect to the state after the window; {@code null} for zeros
   * @throws IllegalStateException if no window has run since the last backward
   */
  public void backward(float[] outputGradient, State finalState) {
    requireOpen();
    if (steps == 0) {
      throw new IllegalStateException("there is no window to go back through: run one first");
    }
    requireSize(outputGradient);
    if (finalState != null) {
      requireFit(finalState);
      way.finalStateGradient(finalState);
    }
    try {
      if (hasLengths) {
        way.runner().attachLengths(lengths, steps);
      }
      way.loadOutputGradient(outputGradient);
      way.backward();
    } finally {
      way.runner().detach();
    }
    stepsBack = steps;
    steps = 0;
    collected = false;
  }

  private void requireSize(float[] outputGradient) {
    int expected = way.runner().outputSteps(steps) * way.runner().batch() * network.outputSize();
    if (outputGradient.length != expected) {
      throw new IllegalArgumentException(
          "the gradient of the output has %d elements, the output %d"
              .formatted(outputGradient.length, expected));
    }
  }

  /**
   * The gradient of a parameter, summed up since {@link #clearGradients}.
   *
   * @param parameter a name of {@link Network#parameters()}
   * @return a copy, in the parameter's shape
   * @throws IllegalArgumentException if the network has no such parameter
   */
  public Tensor gradient(String parameter) {
    requireOpen();
    if (!collected) {
      way.collectGradients();
      collected = true;
    }
    return way.parameters().gradient(parameter);
  }

  /**
   * The gradient of the input of the window that {@link #backward} went back through last.
   *
   * @param xs receives it in the shape of the input, zeros beyond the length of a sequence
   * @throws IllegalStateException if the network takes tokens, or none has gone back since the last
   *     run
   */
  public void inputGradient(float[] xs) {
    requireOpen();
    if (network.takesTokens()) {
      throw new IllegalStateException("tokens have no gradient");
    }
    requireBackward();
    int expected = way.runner().inputSteps(stepsBack) * shape.batch() * network.inputSize();
    if (xs.length != expected) {
      throw new IllegalArgumentException(
          "the gradient of the input has %d elements, not %d".formatted(expected, xs.length));
    }
    way.storeInputGradient(xs);
  }

  private void requireBackward() {
    if (stepsBack == 0) {
      throw new IllegalStateException("no window has gone back yet: run one, then backward");
    }
  }

  /**
   * {@return the gradient of the state before the window that went back last; where the network
   * starts all batch rows from its own initial state, that state's is the sum over them}
   *
   * @throws IllegalStateException if none has gone back since the last run
   */
  public State initialStateGradient() {
    requireOpen();
    requireBackward();
    return way.readInitialStateGradient(State.zeros(network, shape.batch()));
  }

  /** {@return a copy of the state after the window that ran last} */
  public State state() {
    requireOpen();
    return way.readState(State.zeros(network, shape.batch()));
  }

  /**
   * Replaces the state that the next window starts from. A window that ran before cannot go back
   * any more.
   *
   * @param state copied
   * @throws IllegalArgumentException if it does not fit the network and the batch
   */
  public void state(State state) {
    requireOpen();
    requireFit(state);
    steps = 0;
    way.writeState(state);
  }

  private void requireFit(State state) {
    boolean fits = state.batch() == shape.batch() && state.layers().equals(shape.layers());
    for (int i = 0; fits && i < shape.layers().size(); i++) {
      String layer = layers.get(i);
      fits =
          Arrays.equals(state.hShape(layer), shape.hShape(layer))
              && state.hasCellState(layer) == shape.hasCellState(layer);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "the state has %d batch row(s) of %s, the session %d of %s"
              .formatted(state.batch(), state.layers(), shape.batch(), shape.layers()));
    }
  }

  /**
   * Waits until the vector kernels are compiled, for a second or so. Without it, windows run on
   * scalar code meanwhile, to the same bits; only one that scalar code would take longer for waits.
   */
  public void warmUp() {
    requireOpen();
    way.warmUp();
  }

  /** {@return how much off-heap memory the session holds, and what for} */
  public TrainingMemory memory() {
    requireOpen();
    return way.memory();
  }

  /** Starts the gradients of all parameters at zero. */
  public void clearGradients() {
    requireOpen();
    way.clearGradients();
    collected = false;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
  }

  /** Frees all memory. Closing twice does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      way.close();
    }
  }
}
