// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.lstm4j.engine.assembly.SequenceRunner;
import org.lstm4j.engine.assembly.SessionPlan;
import org.lstm4j.engine.assembly.Weights;
import org.lstm4j.engine.kernel.SessionKernels;
import org.lstm4j.engine.kernel.Warmup;
import org.lstm4j.engine.stage.RecurrentStage;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Stage;
import org.lstm4j.engine.stage.Team;

/**
 * Runs a {@link Network}: it owns the recurrent state and the scratch memory, off-heap.
 *
 * <p>{@link #step} advances one time step, {@link #run} a sequence; both go on from the state that
 * the call before left, and give results equal to the bit. A new session starts from the network's
 * initial state, which is zeros unless it has learned one. Once warm ({@link #warmUp}), neither
 * allocates.
 *
 * <p>Sequences have PyTorch's shapes, row-major: [time step, batch, feature], or [batch, time step,
 * feature] where {@link Network#batchFirst()}; a single time step is [batch, feature], tokens have
 * no last dimension. Arrays and segments must have exactly that many elements. Segments hold floats
 * (tokens: ints) in native byte order, of any alignment, on or off the heap, and stay the caller's.
 * The output must not overlap the input.
 *
 * <p>A session belongs to one thread at a time; a second thread inside it is told so with an {@link
 * IllegalStateException} where it is noticed. All methods throw {@link IllegalStateException} on a
 * closed session and {@link IllegalArgumentException} for input of a wrong size or kind, before any
 * state is changed.
 */
public final class Session implements AutoCloseable {
  /** How long, and how often, {@link #warmUp} steps: the compiler's thresholds, and then some. */
  private static final long EXERCISE_NANOS = 300_000_000;

  private static final int EXERCISE_STEPS = 50_000;

  private final Network network;
  private final SessionOptions options;
  private final Arena arena = Arena.ofShared();
  private final Team team;
  private final Warmup warmup;
  private final Stage[] stages;
  private final SequenceRunner runner;
  private final List<Layer.Recurrent> recurrents;
  private final RecurrentStage[] recurrentStages;

  /** Of one batch row; {@code null} for zeros. */
  private final State initialState;

  private final int[] oneToken = new int[1];
  private Thread inside;
  private volatile boolean closed;

  Session(Network network, Weights weights, SessionOptions options) {
    this.network = network;
    this.options = Objects.requireNonNull(options, "options");
    this.team = new Team(options.threads());
    SessionKernels kernels = new SessionKernels(options.threads(), weights.kernels());
    SessionPlan plan = plan(network, weights, kernels);
    this.warmup = kernels.start();
    this.stages = plan.stages();
    this.recurrents = State.recurrents(network.layers());
    this.recurrentStages = plan.recurrents();
    this.initialState = network.initialState().orElse(null);
    this.runner = new SequenceRunner(network, plan, options);
    if (initialState != null) {
      startRows(0, options.batch());
    }
  }

  private SessionPlan plan(Network network, Weights weights, SessionKernels kernels) {
    try {
      return new SessionPlan(network, weights, options, new Resources(arena, kernels, team, false));
    } catch (Throwable e) {
      team.close();
      arena.close();
      throw e;
    }
  }

  /** {@return the network that this session runs} */
  public Network network() {
    return network;
  }

  /** {@return batch rows that every call runs} */
  public int batch() {
    return runner.batch();
  }

  /**
   * Sets the batch rows that every call runs from now on. Rows that stay keep their state, new ones
   * start from the network's initial state.
   *
   * @param rows the number of batch rows
   * @throws IllegalArgumentException if it is not in [1, {@link SessionOptions#maxBatch()}]
   */
  public void batch(int rows) {
    enter();
    try {
      if (rows < 1 || rows > options.maxBatch()) {
        throw new IllegalArgumentException(
            "batch must be from 1 to maxBatch %d, not %d: raise SessionOptions.maxBatch"
                .formatted(options.maxBatch(), rows));
      }
      startRows(batch(), rows);
      runner.batch(rows);
    } finally {
      exit();
    }
  }

  /**
   * Advances one time step.
   *
   * @param x [batch, input size]
   * @param y receives [batch, output size]
   * @throws IllegalStateException if the network needs whole sequences
   */
  public void step(float[] x, float[] y) {
    enter();
    try {
      runner.attach(x, 1, y);
      runner.advanceStep();
    } finally {
      exit();
    }
  }

  /**
   * Advances one time step.
   *
   * @param x [batch, input size] floats, or [batch] ints where the network takes tokens
   * @param y receives [batch, output size] floats
   * @throws IllegalStateException if the network needs whole sequences
   */
  public void step(MemorySegment x, MemorySegment y) {
    enter();
    try {
      runner.attach(x, 1, y);
      runner.advanceStep();
    } finally {
      exit();
    }
  }

  /**
   * Advances one time step of a network that takes tokens.
   *
   * @param tokens [batch], each in [0, input size)
   * @param y receives [batch, output size]
   * @throws IllegalStateException if the network needs whole sequences
   */
  public void step(int[] tokens, float[] y) {
    enter();
    try {
      runner.attach(tokens, 1, y);
      runner.advanceStep();
    } finally {
      exit();
    }
  }

  /**
   * Advances one time step of a network that takes tokens, with one batch row.
   *
   * @param token in [0, input size)
   * @param y receives [output size]
   * @throws IllegalStateException if the network needs whole sequences
   */
  public void step(int token, float[] y) {
    oneToken[0] = token;
    step(oneToken, y);
  }

  /**
   * Runs a sequence. Where the network reads over time (many-to-one), the output is one time step;
   * a one-to-many network takes one time step and gives {@code steps}.
   *
   * @param xs [steps, batch, input size], or batch first
   * @param steps time steps, at least 1
   * @param ys receives [{@link #outputSteps}, batch, output size], or batch first
   * @throws IllegalArgumentException if the network needs the whole sequence and {@code steps} is
   *     more than {@link SessionOptions#maxSteps()}
   */
  public void run(float[] xs, int steps, float[] ys) {
    enter();
    try {
      runner.attach(xs, steps, ys);
      runner.advance(steps);
    } finally {
      exit();
    }
  }

  /**
   * Runs a sequence, as {@link #run(float[], int, float[])} does.
   *
   * @param xs [steps, batch, input size] floats, or [steps, batch] ints where the network takes
   *     tokens; or batch first
   * @param steps time steps, at least 1
   * @param ys receives [{@link #outputSteps}, batch, output size] floats, or batch first
   */
  public void run(MemorySegment xs, int steps, MemorySegment ys) {
    enter();
    try {
      runner.attach(xs, steps, ys);
      runner.advance(steps);
    } finally {
      exit();
    }
  }

  /**
   * Runs a sequence of tokens, as {@link #run(float[], int, float[])} does.
   *
   * @param tokens [steps, batch], or batch first; each in [0, input size)
   * @param steps time steps, at least 1
   * @param ys receives [{@link #outputSteps}, batch, output size], or batch first
   */
  public void run(int[] tokens, int steps, float[] ys) {
    enter();
    try {
      runner.attach(tokens, steps, ys);
      runner.advance(steps);
    } finally {
      exit();
    }
  }

  /**
   * Runs a batch of sequences of different lengths, in one call: each batch row as if it were run
   * by itself, to the bit. Its state ends where its sequence does, a bidirectional layer begins
   * there from the end, and what reads over time sees its own time steps alone. The lengths may be
   * in any order; a batch with the long sequences first takes less time.
   *
   * @param xs [steps, batch, input size], or batch first; what lies beyond a length is not used
   * @param steps time steps of {@code xs}, at least 1
   * @param lengths time steps of each batch row, from 1 to {@code steps}
   * @param ys receives [{@link #outputSteps}, batch, output size], or batch first; zeros beyond a
   *     length
   * @throws IllegalArgumentException if there is not one length for each batch row, if one is out
   *     of range, or as for {@link #run(float[], int, float[])}
   */
  public void run(float[] xs, int steps, int[] lengths, float[] ys) {
    enter();
    try {
      runner.attach(xs, steps, ys);
      runner.attachLengths(lengths, steps);
      runner.advance(steps);
    } finally {
      exit();
    }
  }

  /**
   * Runs sequences of different lengths, as {@link #run(float[], int, int[], float[])} does.
   *
   * @param xs [steps, batch, input size] floats, or [steps, batch] ints where the network takes
   *     tokens; or batch first
   * @param steps time steps of {@code xs}, at least 1
   * @param lengths time steps of each batch row, from 1 to {@code steps}
   * @param ys receives [{@link #outputSteps}, batch, output size] floats, or batch first
   */
  public void run(MemorySegment xs, int steps, int[] lengths, MemorySegment ys) {
    enter();
    try {
      runner.attach(xs, steps, ys);
      runner.attachLengths(lengths, steps);
      runner.advance(steps);
    } finally {
      exit();
    }
  }

  /**
   * Runs sequences of tokens of different lengths, as {@link #run(float[], int, int[], float[])}
   * does.
   *
   * @param tokens [steps, batch], or batch first; each in [0, input size), also beyond a length
   * @param steps time steps of {@code tokens}, at least 1
   * @param lengths time steps of each batch row, from 1 to {@code steps}
   * @param ys receives [{@link #outputSteps}, batch, output size], or batch first
   */
  public void run(int[] tokens, int steps, int[] lengths, float[] ys) {
    enter();
    try {
      runner.attach(tokens, steps, ys);
      runner.attachLengths(lengths, steps);
      runner.advance(steps);
    } finally {
      exit();
    }
  }

  /**
   * Time steps that {@link #run} takes: {@code steps}, or 1 for a one-to-many network.
   *
   * @param steps the steps of a run
   * @return time steps of its input
   */
  public int inputSteps(int steps) {
    return runner.inputSteps(steps);
  }

  /**
   * Time steps that {@link #run} gives: {@code steps}, or 1 for a many-to-one network.
   *
   * @param steps the steps of a run
   * @return time steps of its output
   */
  public int outputSteps(int steps) {
    return runner.outputSteps(steps);
  }

  /** {@return a copy of the current state} */
  public State state() {
    State state = State.zeros(network, batch());
    copyStateTo(state);
    return state;
  }

  /**
   * Copies the current state; allocates nothing.
   *
   * @param state receives the state
   * @throws IllegalArgumentException if {@code state} was not made for this network and batch
   */
  public void copyStateTo(State state) {
    enter();
    try {
      requireFit(state);
      copyTo(state);
    } finally {
      exit();
    }
  }

  /**
   * Replaces the current state.
   *
   * @param state the state to go on from
   * @throws IllegalArgumentException if {@code state} was not made for this network and batch
   */
  public void setState(State state) {
    enter();
    try {
      requireFit(state);
      copyFrom(state);
    } finally {
      exit();
    }
  }

  private void copyTo(State state) {
    for (int i = 0; i < recurrentStages.length; i++) {
      String name = recurrents.get(i).name();
      recurrentStages[i].readState(state.h(name), state.cellState(name), batch());
    }
  }

  private void copyFrom(State state) {
    for (int i = 0; i < recurrentStages.length; i++) {
      String name = recurrents.get(i).name();
      recurrentStages[i].writeState(state.h(name), state.cellState(name), batch());
    }
  }

  /** Sets all batch rows to the network's initial state: zeros, unless it has learned one. */
  public void reset() {
    enter();
    try {
      startRows(0, batch());
    } finally {
      exit();
    }
  }

  /**
   * Sets one batch row to the network's initial state: zeros, unless it has learned one.
   *
   * @param batchRow the row, from 0
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public void reset(int batchRow) {
    enter();
    try {
      Objects.checkIndex(batchRow, batch());
      startRows(batchRow, batchRow + 1);
    } finally {
      exit();
    }
  }

  /**
   * Waits until everything that this session runs is compiled, and leaves its state as it was.
   *
   * <p>A new session runs at once, on scalar code that is quick to start, and changes to vector
   * kernels when they have been compiled in the background, which takes about a second for the
   * first session of a shape: there is no need to call this. It is for who would rather wait than
   * have the first second of calls take ten times as long as the others. Results do not change, to
   * the bit.
   */
  public void warmUp() {
    enter();
    try {
      warmup.await();
      State before = State.zeros(network, batch());
      copyTo(before);
      exercise();
      copyFrom(before);
    } finally {
      exit();
    }
  }

  /** Whether scalar code still runs in place of some vector kernel. */
  boolean isCold() {
    return warmup.isCold();
  }

  /** Steps for some time, so that what lies around the kernels is compiled too. */
  private void exercise() {
    float[] x = network.takesTokens() ? null : new float[batch() * network.inputSize()];
    int[] zeros = new int[batch()];
    float[] y = new float[batch() * network.outputSize()];
    long end = System.nanoTime() + EXERCISE_NANOS;
    for (int i = 0; i < EXERCISE_STEPS && System.nanoTime() - end < 0; i++) {
      if (x != null) {
        runner.attach(x, 1, y);
      } else {
        runner.attach(zeros, 1, y);
      }
      runner.advance(1);
    }
  }

  /**
   * Measures how long each layer takes, and leaves the state as it was. A stage is run by itself,
   * many times over, on the same rows: its weights are nearer at hand than among the others.
   *
   * @param repetitions how often to run each stage, at least 1
   * @return for each layer, in order, its median time for one time step of all batch rows. Where
   *     the network needs whole sequences, {@link SessionOptions#maxSteps()} steps are run at once.
   * @throws IllegalArgumentException if {@code repetitions} is not positive
   */
  public List<StageTime> stageTimes(int repetitions) {
    if (repetitions <= 0) {
      throw new IllegalArgumentException("repetitions must be positive, not " + repetitions);
    }
    enter();
    try {
      State before = State.zeros(network, batch());
      copyTo(before);
      int given = network.needsWholeSequence() ? options.maxSteps() : 1;
      int steps = given;
      List<StageTime> times = new ArrayList<>();
      for (int i = 0; i < stages.length; i++) {
        long[] nanos = new long[repetitions];
        int next = given;
        for (int r = 0; r < repetitions; r++) {
          long start = System.nanoTime();
          next = stages[i].forward(given, batch());
          nanos[r] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        times.add(new StageTime(network.layers().get(i), (double) nanos[repetitions / 2] / steps));
        given = next;
      }
      copyFrom(before);
      return times;
    } finally {
      exit();
    }
  }

  /**
   * Frees the state and the scratch memory. Closing twice does nothing.
   *
   * @throws IllegalStateException if another thread is inside the session; nothing is freed then
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      requireNobodyInside();
      closed = true;
    }
    warmup.cancel();
    team.close();
    arena.close();
    network.sessionClosed();
  }

  /** Brings batch rows to the state that a session starts from. */
  private void startRows(int from, int to) {
    for (int i = 0; i < recurrentStages.length; i++) {
      for (int row = from; row < to; row++) {
        start(recurrentStages[i], recurrents.get(i), row);
      }
    }
  }

  private void start(RecurrentStage stage, Layer.Recurrent layer, int row) {
    if (initialState == null) {
      stage.reset(row);
    } else {
      float[] c = layer.hasCellState() ? initialState.c(layer.name()) : null;
      stage.writeRow(initialState.h(layer.name()), c, row);
    }
  }

  private void enter() {
    requireNobodyInside();
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
    inside = Thread.currentThread();
    warmup.poll();
  }

  /** Best effort: a plain field costs a nanosecond less than an atomic one. */
  private void requireNobodyInside() {
    Thread other = inside;
    if (other != null) {
      throw new IllegalStateException(
          "the session is in use by thread " + other.getName() + ": one thread at a time");
    }
  }

  private void exit() {
    runner.detach();
    inside = null;
  }

  private void requireFit(State state) {
    if (!state.fits(recurrents, batch())) {
      throw new IllegalArgumentException(
          "the state does not fit: it has %d batch row(s) of %s, the session %d of %s"
              .formatted(state.batch(), state.layers(), batch(), recurrents));
    }
  }
}
