// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.assembly;

import java.lang.foreign.Arena;
import java.util.List;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.SessionOptions;
import org.lstm4j.engine.State;
import org.lstm4j.engine.WeightSource;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.engine.gradient.GradientStage;
import org.lstm4j.engine.gradient.ParameterMemory;
import org.lstm4j.engine.gradient.RecurrentGradient;
import org.lstm4j.engine.kernel.SessionKernels;
import org.lstm4j.engine.kernel.Warmup;
import org.lstm4j.engine.stage.Dropouts;
import org.lstm4j.engine.stage.RecurrentStage;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.stage.Team;
import org.lstm4j.engine.training.TrainingMemory;

/**
 * The stages of a network, the way back through them, and a copy of its weights that may change:
 * what training and the checking of gradients share.
 */
public final class Backpropagation implements AutoCloseable {
  /**
   * Operations of a window, there and back, from which on it waits for vector kernels: scalar code,
   * fresh as it is, takes 4 seconds for them, and kernels 1 to 6 to compile. The first window of 32
   * times 35 time steps took 11 seconds in scalar code at (28,256), and 7 in two layers of 64.
   */
  private static final long LONG_WINDOW_FLOPS = 250_000_000;

  private final Arena arena = Arena.ofShared();
  private final SessionOptions options;
  private final Team team;
  private final Weights weights;
  private final ParameterMemory parameters;
  private final SessionPlan plan;
  private final GradientPlan way;
  private final SequenceRunner runner;
  private final SessionKernels kernels;
  private final Resources resources;
  private final SequencePort port = new SequencePort();
  private final Team.Task repacking;
  private final boolean batchFirst;
  private final long flopsPerStep;

  /** {@code null} for a network that takes an input at every step. */
  private final OneToMany.Mode oneToMany;

  /** What the last stage gives. */
  private final Rows output;

  /** {@code null} until the start. */
  private Warmup warmup;

  /** Time steps of the window that ran last. */
  private int steps;

  /**
   * Copies the weights of a network.
   *
   * @param options the most time steps and batch rows of a window, and threads
   * @param wantsInputGradient whether anybody asks for the gradient of the input
   * @param recomputes whether something is rather computed again on the way back than kept
   * @param dropouts what is dropped between layers, or {@code null} for nothing
   */
  public Backpropagation(
      Network network,
      SessionOptions options,
      boolean wantsInputGradient,
      boolean recomputes,
      Dropouts dropouts) {
    this.options = options;
    this.batchFirst = network.batchFirst();
    this.flopsPerStep = network.flopsPerStep();
    this.oneToMany = network.oneToMany().map(OneToMany::mode).orElse(null);
    if (oneToMany == OneToMany.Mode.FEEDBACK) {
      throw new IllegalArgumentException(
          "a network that is fed its own output cannot learn so: build it without OneToMany, and"
              + " train it with the input of each time step given");
    }
    this.team = new Team(options.threads());
    try {
      WeightSource source = sourceOf(network);
      this.weights = Weights.pack(network.layers(), source, WeightStorage.FLOAT32);
      this.kernels = SessionKernels.forWayBack(weights.kernels());
      this.resources = new Resources(arena, kernels, team, recomputes, dropouts);
      this.parameters = new ParameterMemory(network.parameters(), resources.weights());
      this.parameters.load(source);
      this.plan = new SessionPlan(network, weights, options, resources);
      this.way =
          new GradientPlan(
              network, plan, weights, parameters, resources, options, wantsInputGradient);
      this.output = plan.stages()[plan.stages().length - 1].output();
      this.runner = new SequenceRunner(network, plan, options);
      this.repacking = (index, count) -> weights.refresh(parameters::values, index, count);
      way.stages().forEach(GradientStage::refresh);
    } catch (Throwable e) {
      team.close();
      arena.close();
      throw e;
    }
  }

  private static WeightSource sourceOf(Network network) {
    return new WeightSource() {
      @Override
      public List<Long> shape(String name) {
        return network.parameters().stream()
            .filter(parameter -> parameter.name().equals(name))
            .map(Parameter::shape)
            .findFirst()
            .orElse(null);
      }

      @Override
      public void read(String name, Sink sink) {
        sink.accept(network.parameter(name).data());
      }
    };
  }

  /** {@return memory, kernels and threads, for others who take part; before the start only} */
  public Resources resources() {
    return resources;
  }

  /** {@return what the memory is for, of those who take part too} */
  public TrainingMemory memory() {
    return new TrainingMemory(
        resources.kept().bytes(),
        resources.temporary().bytes(),
        weights.bytes() + resources.weights().bytes());
  }

  /** Starts the compilation of kernels; called once, before the first window. */
  public void start() {
    warmup = kernels.start();
  }

  /** Waits until all kernels are compiled, or will not be. */
  public void warmUp() {
    warmup.await();
  }

  /** {@return the weights and their gradients} */
  public ParameterMemory parameters() {
    return parameters;
  }

  /** {@return brings sequences to the stages} */
  public SequenceRunner runner() {
    return runner;
  }

  /** Copies the state of all batch rows to one of the same layers. */
  public State readState(State state) {
    RecurrentStage[] stages = plan.recurrents();
    for (int i = 0; i < stages.length; i++) {
      String layer = state.layers().get(i);
      stages[i].readState(state.h(layer), cellState(state, layer), state.batch());
    }
    return state;
  }

  /** Replaces the state of all batch rows by one of the same layers. */
  public void writeState(State state) {
    RecurrentStage[] stages = plan.recurrents();
    for (int i = 0; i < stages.length; i++) {
      String layer = state.layers().get(i);
      stages[i].writeState(state.h(layer), cellState(state, layer), state.batch());
    }
  }

  /** Gives the gradient of the state after the window to the next {@link #backward}. */
  public void finalStateGradient(State gradient) {
    List<RecurrentGradient> stages = way.recurrents();
    for (int i = 0; i < stages.size(); i++) {
      String layer = gradient.layers().get(i);
      stages.get(i).finalState(gradient.h(layer), cellState(gradient, layer));
    }
  }

  /** Copies the gradient of the state before the window to a state of the same layers. */
  public State readInitialStateGradient(State gradient) {
    List<RecurrentGradient> stages = way.recurrents();
    for (int i = 0; i < stages.size(); i++) {
      String layer = gradient.layers().get(i);
      stages
          .get(i)
          .readInitialState(gradient.h(layer), cellState(gradient, layer), gradient.batch());
    }
    return gradient;
  }

  private static float[] cellState(State state, String layer) {
    return state.hasCellState(layer) ? state.c(layer) : null;
  }

  /** {@return what the last stage gave} */
  public Rows output() {
    return output;
  }

  /** {@return where the gradient of the output goes in, before {@link #backward}} */
  public Rows outputGradient() {
    return way.outputGradient();
  }

  /**
   * Sets the gradient of the output. What lies beyond the length of a sequence counts as zeros.
   *
   * @param values in the shape of the output
   */
  public void loadOutputGradient(float[] values) {
    Rows rows = way.outputGradient();
    int outputSteps = runner.outputSteps(steps);
    port.attach(values, outputSteps, batchFirst);
    port.load(0, outputSteps, runner.batch(), rows);
    port.detach();
    runner.clearBeyondLengths(rows, outputSteps);
  }

  /**
   * Copies the gradient of the input out, which is zeros beyond the length of a sequence.
   *
   * @param values receives it in the shape of the input
   */
  public void storeInputGradient(float[] values) {
    int inputSteps = runner.inputSteps(steps);
    port.attach(values, inputSteps, batchFirst);
    port.store(0, inputSteps, runner.batch(), way.inputGradient());
    port.detach();
  }

  /** Whether scalar code still runs in place of some vector kernel. */
  public boolean isCold() {
    return warmup.isCold();
  }

  /** Runs the attached window of so many time steps, at most as many as fit. */
  public void forward(int windowSteps) {
    warmup.poll();
    if (warmup.isCold() && isLong(windowSteps)) {
      warmup.await();
    }
    if (windowSteps > options.maxSteps()) {
      throw new IllegalArgumentException(
          "a window has at most maxSteps %d time steps, not %d: raise SessionOptions.maxSteps"
              .formatted(options.maxSteps(), windowSteps));
    }
    steps = windowSteps;
    runner.advance(windowSteps);
  }

  private boolean isLong(int windowSteps) {
    // The way back takes twice what the way there does.
    return 3 * flopsPerStep * windowSteps * runner.batch() > LONG_WINDOW_FLOPS;
  }

  /** Goes back through the window that ran last, and adds to the gradients. */
  public void backward() {
    List<GradientStage> stages = way.stages();
    for (int i = stages.size() - 1; i >= 0; i--) {
      stages.get(i).backward(i < way.behindReadout() ? steps : 1, runner.batch());
    }
    if (oneToMany == OneToMany.Mode.REPEAT && way.inputGradient() != null) {
      addUpSteps(way.inputGradient());
    }
  }

  /** One input given to all steps gets the gradients of all. */
  private void addUpSteps(Rows gradient) {
    int batch = runner.batch();
    for (int row = batch; row < steps * batch; row++) {
      gradient.add(row % batch, 1, gradient, row);
    }
  }

  /** Starts the sums of gradients at zero. */
  public void clearGradients() {
    way.stages().forEach(GradientStage::clear);
  }

  /** Brings the sums of gradients to {@link #parameters()}. */
  public void collectGradients() {
    way.stages().forEach(GradientStage::collect);
  }

  /** Runs on the values in {@link #parameters()} from now on. */
  public void refresh() {
    resources.run(repacking);
    way.stages().forEach(GradientStage::refresh);
  }

  @Override
  public void close() {
    if (warmup != null) {
      warmup.cancel();
    }
    team.close();
    weights.close();
    arena.close();
  }
}
