// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.List;

/** Whether an engine trains as its {@link EngineProvider#reference} trains. */
public final class TrainingAgreement {
  private TrainingAgreement() {}

  /**
   * Has an engine learn from some windows: their losses, and what became of its weights, have to be
   * the reference's. Gradients of some windows are clipped, of others not.
   *
   * @param reference what it is compared with
   * @param engine the engine to check, with its first weights and a state of zeros
   * @param workload what it runs
   * @param weights its first weights
   * @return the largest difference of a loss, or that of a weight in relation to the largest change
   *     of its tensor, if it is larger
   * @throws Exception if the reference cannot run
   * @throws IllegalStateException if the difference is beyond {@link Storage#bound}
   */
  public static double check(
      EngineProvider reference, TrainingEngine engine, Workload workload, LstmWeights weights)
      throws Exception {
    Workload exact = new Workload(workload.kind(), workload.shape(), Storage.F32, 1);
    double difference;
    try (TrainingEngine other = reference.train(exact, weights)) {
      difference = largestDifference(engine, other, windows(workload));
    }
    double bound = workload.storage().bound();
    if (!(difference <= bound)) {
      throw new IllegalStateException(
          "its losses or its weights after training differ from %s's by %.3g, more than %.3g: refused"
              .formatted(reference.name(), difference, bound));
    }
    return difference;
  }

  private static List<TokenWindow> windows(Workload workload) {
    List<TokenWindow> text = TokenWindow.ofText(workload);
    return List.of(
        text.get(0),
        TokenWindow.repeated(workload, 0),
        text.get(1),
        TokenWindow.repeated(workload, 1));
  }

  private static double largestDifference(
      TrainingEngine one, TrainingEngine other, List<TokenWindow> windows) {
    List<float[]> start = other.parameters();
    double largest = 0;
    for (TokenWindow window : windows) {
      double loss = one.learn(window.tokens(), window.following());
      double expected = other.learn(window.tokens(), window.following());
      largest = Math.max(largest, Math.abs(loss - expected));
    }
    List<float[]> trained = one.parameters();
    List<float[]> expected = other.parameters();
    for (int i = 0; i < expected.size(); i++) {
      double change = Agreement.largestDifference(expected.get(i), start.get(i));
      double difference = Agreement.largestDifference(trained.get(i), expected.get(i));
      largest = Math.max(largest, difference / change);
    }
    return largest;
  }
}
