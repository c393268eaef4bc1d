// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.optimization;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lstm4j.engine.kernel.ParameterUpdate;
import org.lstm4j.engine.kernel.TrainingKernels;
import org.lstm4j.engine.stage.Product;
import org.lstm4j.engine.stage.Resources;
import org.lstm4j.engine.stage.Team;
import org.lstm4j.engine.training.Optimizer;

/**
 * What an optimizer remembers of each weight, and its updates. The buffers are laid out as the
 * weights are, in memory of the session, zeros at first. They and {@link #steps} are all that an
 * interrupted run needs to continue to the same bits.
 *
 * <p>Used by one thread at a time, which shares the work with its team; allocates nothing in {@link
 * #update}.
 */
public final class OptimizerState implements Team.Task {
  private final LearningParameters learning;
  private final Resources resources;
  private final UpdatePlan plan;
  private final MemorySegment[] buffers;
  private final float[] coefficients = new float[ParameterUpdate.COEFFICIENTS];

  /** Not final: see SessionKernels. */
  private ParameterUpdate kernel;

  private MemorySegment values;
  private MemorySegment gradients;
  private long steps;

  /**
   * Zeros.
   *
   * @param learning the weights that change
   * @param resources whose kernels are not started yet
   */
  public OptimizerState(Optimizer optimizer, LearningParameters learning, Resources resources) {
    this.learning = learning;
    this.resources = resources;
    this.plan = UpdatePlan.of(optimizer);
    this.buffers = new MemorySegment[plan.buffers().size()];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = resources.weights().allocate(Math.max(learning.floats(), 1) * Float.BYTES, 64);
    }
    new TrainingKernels(resources.kernels())
        .parameterUpdate(plan.shape(), chosen -> kernel = chosen);
  }

  /** {@return the names of the buffers, PyTorch's} */
  public List<String> buffers() {
    return plan.buffers().stream().map(UpdatePlan.Buffer::title).toList();
  }

  /**
   * A buffer, to be read and, before another update, written.
   *
   * @param name one of {@link #buffers()}
   * @return a float for each of {@link org.lstm4j.engine.gradient.ParameterMemory#values()}
   * @throws IllegalArgumentException if the optimizer has no such buffer
   */
  public MemorySegment buffer(String name) {
    int index = buffers().indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "the optimizer has no buffer " + name + "; it has " + buffers());
    }
    return buffers[index];
  }

  /** {@return the number of updates so far} */
  public long steps() {
    return steps;
  }

  /**
   * Continues where another run was.
   *
   * @param updates the number of updates that the buffers come from
   * @throws IllegalArgumentException if it is negative
   */
  public void steps(long updates) {
    if (updates < 0) {
      throw new IllegalArgumentException("there cannot have been " + updates + " updates");
    }
    steps = updates;
  }

  /**
   * Changes the weights that learn.
   *
   * @param weights laid out as {@link LearningParameters} says
   * @param slopes their gradients, which stay as they are
   * @param learningRate of this update
   */
  public void update(MemorySegment weights, MemorySegment slopes, double learningRate) {
    steps++;
    plan.coefficients(learningRate, steps, coefficients);
    values = weights;
    gradients = slopes;
    resources.run(this);
    values = null;
    gradients = null;
  }

  @Override
  public void part(int index, int count) {
    MemorySegment first = bufferOf(plan.first());
    MemorySegment second = bufferOf(plan.second());
    MemorySegment third = bufferOf(plan.third());
    int end = Product.share(learning.blocks(), index + 1, count);
    for (int block = Product.share(learning.blocks(), index, count); block < end; block++) {
      kernel.apply(
          values,
          gradients,
          first,
          second,
          third,
          coefficients,
          learning.from(block),
          learning.end(block));
    }
  }

  /** Any memory will do where there is no such buffer. */
  private MemorySegment bufferOf(int index) {
    return index < 0 ? gradients : buffers[index];
  }
}
