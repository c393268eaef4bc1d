// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;

/**
 * Calls of a session, each with the next of a few inputs: normalised features, that is numbers from
 * the standard normal distribution, or any tokens. The inputs are the same in every run.
 */
final class Workload {
  /** Enough that no branch predictor learns them, few enough to stay in a cache. */
  private static final int INPUTS = 64;

  /** Of all inputs together, so that they do not push the weights out of the caches. */
  private static final int MOST_VALUES = 1 << 16;

  private final Session session;
  private final boolean run;
  private final int steps;
  private final float[] output;

  private Workload(Session session, boolean run, int steps) {
    this.session = session;
    this.run = run;
    this.steps = steps;
    this.output = new float[elements(session.outputSteps(steps), session.network().outputSize())];
  }

  /** Calls of {@code step}; the call number chooses the input. */
  static IntConsumer steps(Session session) {
    return new Workload(session, false, 1).calls();
  }

  /** Calls of {@code run} with so many time steps; the call number chooses the input. */
  static IntConsumer runs(Session session, int steps) {
    return new Workload(session, true, steps).calls();
  }

  private IntConsumer calls() {
    Network network = session.network();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    return network.takesTokens()
        ? tokenCalls(tokens(random, network.inputSize()))
        : vectorCalls(vectors(random, network.inputSize()));
  }

  private IntConsumer tokenCalls(int[][] inputs) {
    return run
        ? i -> session.run(inputs[i % inputs.length], steps, output)
        : i -> session.step(inputs[i % inputs.length], output);
  }

  private IntConsumer vectorCalls(float[][] inputs) {
    return run
        ? i -> session.run(inputs[i % inputs.length], steps, output)
        : i -> session.step(inputs[i % inputs.length], output);
  }

  private int[][] tokens(RandomGenerator random, int count) {
    int elements = elements(session.inputSteps(steps), 1);
    int[][] inputs = new int[inputs(elements)][elements];
    for (int[] input : inputs) {
      for (int i = 0; i < elements; i++) {
        input[i] = random.nextInt(count);
      }
    }
    return inputs;
  }

  private float[][] vectors(RandomGenerator random, int features) {
    int elements = elements(session.inputSteps(steps), features);
    float[][] inputs = new float[inputs(elements)][elements];
    for (float[] input : inputs) {
      for (int i = 0; i < elements; i++) {
        input[i] = (float) random.nextGaussian();
      }
    }
    return inputs;
  }

  private static int inputs(int elements) {
    return Math.clamp(MOST_VALUES / elements, 2, INPUTS);
  }

  private int elements(int timeSteps, int features) {
    long elements = (long) timeSteps * session.batch() * features;
    if (elements > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%d time step(s) of %d batch row(s) with %d feature(s) are more than an array can hold;"
                  .formatted(timeSteps, session.batch(), features)
              + " ask for fewer time steps or batch rows");
    }
    return (int) elements;
  }
}
