// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.lstm4j.engine.kernel.SessionKernels;
import org.lstm4j.engine.kernel.Warmup;
import org.lstm4j.engine.stage.LstmStage;
import org.lstm4j.engine.stage.ReadoutStage;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Stage;
import org.lstm4j.engine.stage.Team;

/**
 * Runs a {@link Network}: it owns the recurrent state and the scratch memory, off-heap.
 *
 * <p>{@link #step} advances one time step, {@link #run} a sequence; both go on from the state that
 * the call before left, and give results equal to the bit. A new session starts from a state of
 * zeros. Once warm ({@link #warmUp}), neither allocates.
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

  /** Stages before the readout; all of them where there is none. */
  private final int sequenceStages;

  private final List<Layer.Lstm> lstms;
  private final LstmStage[] lstmStages;

  // What the network answers by searching its layers is asked once: a step has no time for it.
  private final OneToMany oneToMany;
  private final boolean takesTokens;
  private final boolean batchFirst;
  private final int inputSize;
  private final int outputSize;
  private final boolean needsWholeSequence;
  private final boolean manyToOne;
  private final Rows input;
  private final MemorySegment tokens;
  private final Rows output;
  private final SequencePort source = new SequencePort();
  private final SequencePort target = new SequencePort();
  private final int[] oneToken = new int[1];
  private int batch;
  private Thread inside;
  private volatile boolean closed;

  Session(Network network, Weights weights, SessionOptions options) {
    this.network = network;
    this.options = Objects.requireNonNull(options, "options");
    this.batch = options.batch();
    this.team = new Team(options.threads());
    SessionKernels kernels = new SessionKernels(options.threads(), weights.kernels());
    SessionPlan plan = plan(network, weights, kernels);
    this.warmup = kernels.start();
    this.stages = plan.stages();
    this.lstms = State.lstms(network);
    this.lstmStages = plan.lstms();
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
  }

  private SessionPlan plan(Network network, Weights weights, SessionKernels kernels) {
    try {
      return new SessionPlan(network, weights, options, new Resources(arena, kernels, team));
    } catch (Throwable e) {
      team.close();
      arena.close();
      throw e;
    }
  }

  private static int countSequenceStages(Stage[] stages) {
    int count = 0;
    while (count < stages.length && !(stages[count] instanceof ReadoutStage)) {
      count++;
    }
    return count;
  }

  /** {@return the network that this session runs} */
  public Network network() {
    return network;
  }

  /** {@return batch rows that every call runs} */
  public int batch() {
    return batch;
  }

  /**
   * Sets the batch rows that every call runs from now on. Rows that stay keep their state, new ones
   * start from zeros.
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
      for (int row = batch; row < rows; row++) {
        clear(row);
      }
      batch = rows;
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
      attach(x, 1, y);
      advanceStep();
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
      attach(x, 1, y);
      advanceStep();
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
      attach(tokens, 1, y);
      advanceStep();
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
      attach(xs, steps, ys);
      advance(steps);
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
      attach(xs, steps, ys);
      advance(steps);
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
      attach(tokens, steps, ys);
      advance(steps);
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
    return oneToMany != null ? 1 : steps;
  }

  /**
   * Time steps that {@link #run} gives: {@code steps}, or 1 for a many-to-one network.
   *
   * @param steps the steps of a run
   * @return time steps of its output
   */
  public int outputSteps(int steps) {
    return manyToOne ? 1 : steps;
  }

  /** {@return a copy of the current state} */
  public State state() {
    State state = State.zeros(network, batch);
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
    for (int i = 0; i < lstmStages.length; i++) {
      String name = lstms.get(i).name();
      lstmStages[i].readState(state.h(name), state.c(name), batch);
    }
  }

  private void copyFrom(State state) {
    for (int i = 0; i < lstmStages.length; i++) {
      String name = lstms.get(i).name();
      lstmStages[i].writeState(state.h(name), state.c(name), batch);
    }
  }

  /** Sets the state of all batch rows to zero. */
  public void reset() {
    enter();
    try {
      for (int row = 0; row < batch; row++) {
        clear(row);
      }
    } finally {
      exit();
    }
  }

  /**
   * Sets the state of one batch row to zero.
   *
   * @param batchRow the row, from 0
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public void reset(int batchRow) {
    enter();
    try {
      Objects.checkIndex(batchRow, batch);
      clear(batchRow);
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
      State before = State.zeros(network, batch);
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
    float[] x = network.takesTokens() ? null : new float[batch * network.inputSize()];
    int[] zeros = new int[batch];
    float[] y = new float[batch * network.outputSize()];
    long end = System.nanoTime() + EXERCISE_NANOS;
    for (int i = 0; i < EXERCISE_STEPS && System.nanoTime() - end < 0; i++) {
      if (x != null) {
        attach(x, 1, y);
      } else {
        attach(zeros, 1, y);
      }
      advance(1);
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
      State before = State.zeros(network, batch);
      copyTo(before);
      int given = needsWholeSequence ? options.maxSteps() : 1;
      int steps = given;
      List<StageTime> times = new ArrayList<>();
      for (int i = 0; i < stages.length; i++) {
        long[] nanos = new long[repetitions];
        int next = given;
        for (int r = 0; r < repetitions; r++) {
          long start = System.nanoTime();
          next = stages[i].forward(given, batch);
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

  private void clear(int batchRow) {
    for (LstmStage lstm : lstmStages) {
      lstm.reset(batchRow);
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
    source.detach();
    target.detach();
    inside = null;
  }

  private void attach(float[] xs, int steps, float[] ys) {
    requireKind(false);
    source.attach(xs, inputSteps(steps), batchFirst);
    target.attach(ys, outputSteps(steps), batchFirst);
    requireSizes(steps);
  }

  private void attach(int[] xs, int steps, float[] ys) {
    requireKind(true);
    source.attach(xs, inputSteps(steps), batchFirst);
    target.attach(ys, outputSteps(steps), batchFirst);
    requireSizes(steps);
  }

  private void attach(MemorySegment xs, int steps, MemorySegment ys) {
    source.attach(xs, inputSteps(steps), batchFirst);
    target.attach(ys, outputSteps(steps), batchFirst);
    requireSizes(steps);
    target.requireWritable();
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
    if (steps < 1) {
      throw new IllegalArgumentException("a sequence needs at least one time step, not " + steps);
    }
    int features = takesTokens ? 1 : inputSize;
    requireElements("input", source.elements(), inputSteps(steps), features);
    requireElements("output", target.elements(), outputSteps(steps), outputSize);
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

  private void requireFit(State state) {
    if (!state.fits(lstms, batch)) {
      throw new IllegalArgumentException(
          "the state does not fit: it has %d batch row(s) of %s, the session %d of %s"
              .formatted(state.batch(), state.layers(), batch, lstms));
    }
  }

  private void advanceStep() {
    if (needsWholeSequence) {
      throw new IllegalStateException(
          "the network reads whole sequences (bidirectional layers or pooling over time): use run");
    }
    loadInput(0, 1);
    compute(1, true);
    target.store(0, 1, batch, output);
  }

  /** Runs the attached sequence in chunks. */
  private void advance(int steps) {
    int chunk = chunkSteps(steps);
    for (int first = 0; first < steps; first += chunk) {
      int count = Math.min(chunk, steps - first);
      boolean last = first + count == steps;
      loadInput(first, count);
      compute(count, last);
      if (!manyToOne) {
        target.store(first, count, batch, output);
      } else if (last) {
        target.store(0, 1, batch, output);
      }
    }
  }

  private int chunkSteps(int steps) {
    if (needsWholeSequence && steps > options.maxSteps()) {
      throw new IllegalArgumentException(
          ("the network reads whole sequences (bidirectional layers or pooling over time), but the"
                  + " session was made for at most %d time steps, not %d: raise"
                  + " SessionOptions.maxSteps")
              .formatted(options.maxSteps(), steps));
    }
    boolean feedback = oneToMany != null && oneToMany.mode() == OneToMany.Mode.FEEDBACK;
    return feedback ? 1 : Math.min(steps, options.maxSteps());
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

  /** Runs the stages; those behind a readout only on the last chunk. */
  private void compute(int steps, boolean last) {
    int count = last ? stages.length : sequenceStages;
    int given = steps;
    for (int i = 0; i < count; i++) {
      given = stages[i].forward(given, batch);
    }
  }
}
