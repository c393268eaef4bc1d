// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.Arrays;
import java.util.List;

/** Training as one writes it down from the equations, around {@link TextbookLearning}. */
final class TextbookTraining implements TrainingEngine {
  /** So that a norm of 0 can divide; PyTorch's. */
  private static final double EPS = 1e-6;

  private final TextbookLearning way;
  private final double learningRate;
  private final double maxNorm;
  private final int classes;

  /** One-hot tokens. */
  private final float[] x;

  /** Logits, and their gradient in place of them. */
  private final float[] y;

  TextbookTraining(
      CellKind kind, Workload workload, LstmWeights weights, double learningRate, double maxNorm) {
    way = new TextbookLearning(kind, workload, weights);
    this.learningRate = learningRate;
    this.maxNorm = maxNorm;
    classes = workload.shape().inputSize();
    x = new float[workload.inputElements()];
    y = new float[workload.outputElements()];
  }

  @Override
  public double learn(int[] tokens, int[] following) {
    Arrays.fill(x, 0);
    for (int i = 0; i < tokens.length; i++) {
      x[i * classes + tokens[i]] = 1;
    }
    way.forward(x, y);
    double loss = 0;
    for (int i = 0; i < following.length; i++) {
      loss += crossEntropy(i * classes, following[i], following.length);
    }
    way.backward(y);
    update();
    return loss / following.length;
  }

  /** Turns the logits from an index on into their gradient in a mean of so many targets. */
  private double crossEntropy(int start, int target, int targets) {
    double sum = 0;
    for (int i = start; i < start + classes; i++) {
      sum += Math.exp(y[i]);
    }
    double logit = y[start + target];
    for (int i = start; i < start + classes; i++) {
      y[i] = (float) (Math.exp(y[i]) / sum / targets);
    }
    y[start + target] -= 1f / targets;
    return Math.log(sum) - logit;
  }

  private void update() {
    List<float[]> weights = way.weights();
    List<float[]> gradients = way.weightGradients();
    double rate = learningRate * Math.min(1, maxNorm / (norm(gradients) + EPS));
    for (int tensor = 0; tensor < weights.size(); tensor++) {
      float[] values = weights.get(tensor);
      float[] gradient = gradients.get(tensor);
      for (int i = 0; i < values.length; i++) {
        values[i] -= (float) (rate * gradient[i]);
      }
    }
  }

  private static double norm(List<float[]> gradients) {
    double sum = 0;
    for (float[] gradient : gradients) {
      for (float g : gradient) {
        sum += (double) g * g;
      }
    }
    return Math.sqrt(sum);
  }

  @Override
  public List<float[]> parameters() {
    return way.parameters();
  }

  @Override
  public void close() {
    // Arrays need no closing.
  }
}
