// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.List;
import java.util.Optional;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.assembly.Backpropagation;

/**
 * This project's way there and back: what {@link org.lstm4j.engine.training.GradientSession} does
 * in a window, arrays in, arrays out, gradients in the layout of the parameters. Weights are laid
 * out anew in each call, as after an optimizer's step, as oneDNN's are; that session cannot be
 * asked for it, hence the class below it.
 */
final class Lstm4jLearning implements LearningEngine {
  private final Network network;
  private final Backpropagation way;
  private final int steps;
  private final int inputElements;
  private final float[] outputGradient;

  Lstm4jLearning(Network network, Workload workload) {
    this.network = network;
    way = new Backpropagation(network, Lstm4j.options(workload), true, false, null);
    way.start();
    steps = workload.kind().steps();
    inputElements = workload.inputElements();
    outputGradient = LstmWeights.outputGradient(workload.outputElements());
  }

  @Override
  public void run(float[] x, float[] y) {
    way.clearGradients();
    way.runner().attach(x, steps, y);
    way.forward(steps);
    way.runner().detach();
    way.loadOutputGradient(outputGradient);
    way.backward();
    way.collectGradients();
    way.refresh();
  }

  @Override
  public Gradients gradients() {
    List<float[]> parameters =
        network.parameters().stream()
            .map(Parameter::name)
            .map(name -> way.parameters().gradient(name).toArray())
            .toList();
    float[] input = new float[inputElements];
    way.storeInputGradient(input);
    return new Gradients(
        parameters.get(0),
        parameters.get(1),
        parameters.get(2),
        parameters.get(3),
        parameters.size() > 4
            ? Optional.of(new LstmWeights.Head(parameters.get(4), parameters.get(5)))
            : Optional.empty(),
        input);
  }

  @Override
  public void close() {
    way.close();
    network.close();
  }
}
