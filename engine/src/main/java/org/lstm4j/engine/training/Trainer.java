// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.State;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.assembly.Backpropagation;
import org.lstm4j.engine.gradient.ParameterMemory;
import org.lstm4j.engine.loss.LossFunction;
import org.lstm4j.engine.optimization.GradientClipping;
import org.lstm4j.engine.optimization.LearningParameters;
import org.lstm4j.engine.optimization.OptimizerState;
import org.lstm4j.engine.optimization.PaddingRows;
import org.lstm4j.engine.optimization.TiedParameters;
import org.lstm4j.engine.stage.Dropouts;

/**
 * Trains a network: {@link #learn} takes a window there and back and updates the weights once.
 *
 * <p>The recurrent state is carried from window to window, gradients are not: truncated
 * backpropagation through time. {@link #resetState} begins new sequences. What makes a run is up to
 * the caller: windows, epochs ({@link #endEpoch}), when to stop. For the same network, options and
 * windows, the weights are the same to the bit, on any number of threads, on machines whose vectors
 * are equally wide; {@link #state()} and {@link #network()} hold all that an interrupted run needs
 * to go on to the same numbers.
 *
 * <p>A trainer has its own copy of the weights, off-heap, and once warm {@link #learn} allocates
 * nothing but its result. It belongs to one thread at a time. Misuse throws {@link
 * IllegalArgumentException} or {@link IllegalStateException} before anything is changed.
 */
public final class Trainer implements AutoCloseable {
  private static final String UPDATES = "updates";
  private static final String EPOCH = "schedule.epoch";
  private static final String BAD_EPOCHS = "schedule.bad_epochs";
  private static final String COOLDOWN = "schedule.cooldown";
  private static final String PLATEAU_RATE = "schedule.plateau_rate";
  private static final String BEST = "schedule.best";

  private final Network network;
  private final TrainerOptions options;
  private final Backpropagation way;

  /** {@code null} where nothing is dropped. */
  private final Dropouts dropouts;

  private final LossFunction loss;

  /** Time steps of the output that count in each row of a batch that is not full. */
  private final int[] countedSteps;

  private final PaddingRows padding;
  private final TiedParameters tied;
  private final GradientClipping clipping;
  private final OptimizerState optimizer;
  private ScheduleState schedule;
  private boolean closed;

  /**
   * A trainer at the start of a run. Its recurrent state is the network's initial one.
   *
   * @param network what to start from; its description is used on, and it may not be closed before
   *     the trainer is
   * @param loss what to make small
   * @param optimizer how
   * @param options how else
   * @throws IllegalArgumentException if a layer cannot learn, if the loss does not fit the output,
   *     if a frozen, tied or padded name is none of the network's, or if tied shapes differ
   */
  public Trainer(Network network, Loss loss, Optimizer optimizer, TrainerOptions options) {
    this.network = network;
    this.options = Objects.requireNonNull(options, "options");
    this.countedSteps = new int[options.batch()];
    requireKnown(options);
    SessionOptions sizes =
        SessionOptions.defaults()
            .withBatch(options.batch())
            .withMaxSteps(options.maxSteps())
            .withThreads(options.threads());
    this.dropouts = options.dropout() > 0 ? new Dropouts(options.dropout(), options.seed()) : null;
    this.way = new Backpropagation(network, sizes, false, options.recompute(), dropouts);
    try {
      int maxRows = Math.multiplyExact(options.batch(), options.maxSteps());
      this.loss =
          new LossFunction(
              loss, network.outputSize(), network.batchFirst(), maxRows, way.resources());
      this.padding = new PaddingRows(network, way.parameters(), options.padding());
      this.tied = new TiedParameters(way.parameters(), options.tied());
      LearningParameters learning =
          new LearningParameters(way.parameters(), name -> !isFrozen(name) && !tied.follows(name));
      this.clipping = new GradientClipping(options.clipping(), learning, way.resources());
      this.optimizer = new OptimizerState(optimizer, learning, way.resources());
      this.schedule = ScheduleState.start(options.schedule(), optimizer.learningRate());
      if (tied.copyValues()) {
        way.refresh();
      }
      way.start();
    } catch (Throwable e) {
      way.close();
      throw e;
    }
    resetState();
  }

  private void requireKnown(TrainerOptions given) {
    for (String frozen : given.frozen()) {
      boolean known =
          network.parameters().stream().anyMatch(parameter -> isPartOf(parameter.name(), frozen));
      if (!known) {
        throw new IllegalArgumentException(
            "'%s' cannot be frozen: it is neither a parameter nor a layer with parameters; there are %s"
                .formatted(frozen, network.parameters().stream().map(Parameter::name).toList()));
      }
    }
  }

  private boolean isFrozen(String parameter) {
    return options.frozen().stream().anyMatch(frozen -> isPartOf(parameter, frozen))
        || options.tied().stream()
            .filter(group -> group.getFirst().equals(parameter))
            .anyMatch(group -> group.stream().skip(1).anyMatch(this::isFrozen));
  }

  private static boolean isPartOf(String parameter, String name) {
    return parameter.equals(name) || parameter.startsWith(name + ".");
  }

  /**
   * Learns from a window.
   *
   * @param window at most {@link TrainerOptions#maxSteps()} time steps
   * @return what it came to
   * @throws DivergedException if the loss or a gradient is not finite; the weights stay as they are
   */
  public Update learn(Window window) {
    if (dropouts != null) {
      dropouts.draw(optimizer.steps(), window.steps() * options.batch());
    }
    double value = forward(window);
    if (!Double.isFinite(value)) {
      throw new DivergedException(
          "the loss is " + value + ": lower the learning rate or clip gradients");
    }
    way.clearGradients();
    withLengths(window, way::backward);
    way.collectGradients();
    padding.clearGradients();
    tied.addGradients();
    ParameterMemory parameters = way.parameters();
    double norm = clipping.clip(parameters.gradients());
    if (!Double.isFinite(norm)) {
      throw new DivergedException(
          "the gradients are not all finite: lower the learning rate or clip gradients");
    }
    double rate = schedule.learningRate();
    optimizer.update(parameters.values(), parameters.gradients(), rate);
    tied.copyValues();
    way.refresh();
    return new Update(value, norm, rate, loss.counted());
  }

  /**
   * The loss of a window as the weights are; nothing learns, nothing is dropped. The recurrent
   * state moves on.
   *
   * @param window at most {@link TrainerOptions#maxSteps()} time steps
   * @return its loss, of {@link Update#counted} elements
   */
  public Update evaluate(Window window) {
    if (dropouts != null) {
      dropouts.dropNothing(window.steps() * options.batch());
    }
    double value = forward(window);
    return new Update(value, 0, 0, loss.counted());
  }

  private double forward(Window window) {
    requireOpen();
    if (window.rows() > options.batch()) {
      throw new IllegalArgumentException(
          "%d rows of a window cannot count in a batch of %d"
              .formatted(window.rows(), options.batch()));
    }
    try {
      if (window.vectors() != null) {
        way.runner().attach(window.vectors(), window.steps());
      } else {
        way.runner().attach(window.tokens(), window.steps());
      }
      attachLengths(window);
      way.forward(window.steps());
    } finally {
      way.runner().detach();
    }
    int steps = way.runner().outputSteps(window.steps());
    int[] lengths = countedSteps(window, steps);
    return window.targets() != null
        ? loss.apply(
            way.output(), way.outputGradient(), window.targets(), steps, options.batch(), lengths)
        : loss.apply(
            way.output(), way.outputGradient(), window.classes(), steps, options.batch(), lengths);
  }

  /** Of each batch row, the time steps of the output that count; {@code null} for all. */
  private int[] countedSteps(Window window, int outputSteps) {
    int[] lengths = outputSteps == window.steps() ? window.lengths() : null;
    if (window.rows() == Window.ALL_ROWS) {
      return lengths;
    }
    for (int row = 0; row < countedSteps.length; row++) {
      int length = lengths == null ? outputSteps : lengths[row];
      countedSteps[row] = row < window.rows() ? length : 0;
    }
    return countedSteps;
  }

  private void attachLengths(Window window) {
    if (window.lengths() != null) {
      way.runner().attachLengths(window.lengths(), window.steps());
    }
  }

  private void withLengths(Window window, Runnable action) {
    try {
      attachLengths(window);
      action.run();
    } finally {
      way.runner().detach();
    }
  }

  /** Begins new sequences: all batch rows start from the network's initial state. */
  public void resetState() {
    requireOpen();
    way.writeState(State.initial(network, options.batch()));
  }

  /**
   * Ends an epoch, which may change the learning rate.
   *
   * @param metric what the epoch reached, for example the loss of the validation data; of no
   *     meaning unless the schedule looks at it
   */
  public void endEpoch(double metric) {
    requireOpen();
    schedule = schedule.next(metric);
  }

  /** {@return the learning rate of the next update} */
  public double learningRate() {
    return schedule.learningRate();
  }

  /** {@return updates so far} */
  public long updates() {
    return optimizer.steps();
  }

  /** {@return how much off-heap memory the trainer holds, and what for} */
  public TrainingMemory memory() {
    requireOpen();
    return way.memory();
  }

  /** {@return a network with the weights as they are now; the caller closes it} */
  public Network network() {
    requireOpen();
    Network.Builder builder =
        Network.builder()
            .add(network.layers().toArray(Layer[]::new))
            .batchFirst(network.batchFirst())
            .oneToMany(network.oneToMany().orElse(null))
            .initialState(network.initialState().orElse(null));
    network.metadata().forEach(builder::metadata);
    return builder.build(way.parameters().source());
  }

  /** {@return all that a later trainer needs beside {@link #network()} to go on from here} */
  public TrainingState state() {
    requireOpen();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String buffer : optimizer.buffers()) {
      for (Parameter parameter : network.parameters()) {
        MemorySegment piece = way.parameters().piece(optimizer.buffer(buffer), parameter.name());
        tensors.put(
            "optimizer." + buffer + "." + parameter.name(),
            Tensor.of(piece.toArray(JAVA_FLOAT), shape(parameter)));
      }
    }
    State state = way.readState(State.zeros(network, options.batch()));
    for (String layer : state.layers()) {
      tensors.put("state." + layer + ".h", Tensor.of(state.h(layer), state.hShape(layer)));
      if (state.hasCellState(layer)) {
        tensors.put("state." + layer + ".c", Tensor.of(state.c(layer), state.cShape(layer)));
      }
    }
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put(UPDATES, optimizer.steps());
    counters.put(EPOCH, schedule.epoch());
    counters.put(BAD_EPOCHS, schedule.badEpochs());
    counters.put(COOLDOWN, schedule.cooldownLeft());
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(PLATEAU_RATE, schedule.plateauRate());
    values.put(BEST, schedule.best());
    return new TrainingState(tensors, counters, values);
  }

  private static long[] shape(Parameter parameter) {
    return parameter.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * Goes on from where another trainer was, whose {@link #network()} this one was made from, with
   * the same loss, optimizer and options.
   *
   * @param state what the other one's {@link #state()} gave
   * @throws IllegalArgumentException if it is not that of such a trainer
   */
  public void restore(TrainingState state) {
    requireOpen();
    State recurrent = State.zeros(network, options.batch());
    Map<MemorySegment, Tensor> copies = new LinkedHashMap<>();
    for (String buffer : optimizer.buffers()) {
      for (Parameter parameter : network.parameters()) {
        copies.put(
            way.parameters().piece(optimizer.buffer(buffer), parameter.name()),
            tensor(state, "optimizer." + buffer + "." + parameter.name(), shape(parameter)));
      }
    }
    for (String layer : recurrent.layers()) {
      copy(tensor(state, "state." + layer + ".h", recurrent.hShape(layer)), recurrent.h(layer));
      if (recurrent.hasCellState(layer)) {
        copy(tensor(state, "state." + layer + ".c", recurrent.cShape(layer)), recurrent.c(layer));
      }
    }
    ScheduleState there =
        new ScheduleState(
            schedule.schedule(),
            schedule.start(),
            counter(state, EPOCH),
            value(state, PLATEAU_RATE),
            value(state, BEST),
            counter(state, BAD_EPOCHS),
            counter(state, COOLDOWN));
    optimizer.steps(counter(state, UPDATES));
    copies.forEach((memory, tensor) -> memory.copyFrom(tensor.data()));
    schedule = there;
    way.writeState(recurrent);
  }

  private static void copy(Tensor from, float[] to) {
    System.arraycopy(from.toArray(), 0, to, 0, to.length);
  }

  private static Tensor tensor(TrainingState state, String name, long[] shape) {
    Tensor tensor = state.tensors().get(name);
    if (tensor == null || !List.of(boxed(tensor.shape())).equals(List.of(boxed(shape)))) {
      throw new IllegalArgumentException(
          "the training state has %s where %s %s is needed: it belongs to another training"
              .formatted(tensor, name, java.util.Arrays.toString(shape)));
    }
    return tensor;
  }

  private static Long[] boxed(long[] shape) {
    return java.util.Arrays.stream(shape).boxed().toArray(Long[]::new);
  }

  private static long counter(TrainingState state, String name) {
    return present(state.counters().get(name), name);
  }

  private static double value(TrainingState state, String name) {
    return present(state.values().get(name), name);
  }

  private static <T> T present(T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException(
          "the training state has no " + name + ": it belongs to another training");
    }
    return value;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the trainer is closed");
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
