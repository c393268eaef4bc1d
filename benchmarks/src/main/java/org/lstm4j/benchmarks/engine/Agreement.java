// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

/**
 * Whether an engine computes what its {@link EngineProvider#reference} computes: outputs, and
 * gradients where it learns.
 */
public final class Agreement {
  /** The state has to be carried from call to call, gradients not. */
  private static final int CALLS = 3;

  private Agreement() {}

  /**
   * Runs an engine some calls from its first state on.
   *
   * @param reference what it is compared with
   * @param engine the engine to check, with a state of zeros
   * @param workload what it runs
   * @param weights its weights
   * @return the largest difference of an output, or that of a gradient in relation to the largest
   *     of its tensor, if it is larger
   * @throws Exception if the reference cannot run
   * @throws IllegalStateException if the difference is beyond {@link Storage#bound}
   */
  public static double check(
      EngineProvider reference, LstmEngine engine, Workload workload, LstmWeights weights)
      throws Exception {
    Workload exact = new Workload(workload.kind(), workload.shape(), Storage.F32, 1);
    double difference;
    try (LstmEngine other = reference.open(exact, weights)) {
      difference = largestDifference(engine, other, workload);
    }
    double bound = workload.storage().bound();
    if (!(difference <= bound)) {
      throw new IllegalStateException(
          "its %s differ from %s's by %.3g, more than %.3g: refused"
              .formatted(
                  workload.learns() ? "outputs or gradients" : "outputs",
                  reference.name(),
                  difference,
                  bound));
    }
    return difference;
  }

  private static double largestDifference(LstmEngine one, LstmEngine other, Workload workload) {
    float[] x = LstmWeights.input(workload.inputElements());
    float[] y = new float[workload.outputElements()];
    float[] expected = new float[workload.outputElements()];
    double largest = 0;
    for (int call = 0; call < CALLS; call++) {
      one.run(x, y);
      other.run(x, expected);
      largest = Math.max(largest, largestDifference(y, expected));
      if (workload.learns()) {
        Gradients gradients = ((LearningEngine) one).gradients();
        largest =
            Math.max(largest, largestRelative(gradients, ((LearningEngine) other).gradients()));
      }
    }
    return largest;
  }

  private static double largestRelative(Gradients gradients, Gradients expected) {
    double largest = 0;
    for (int i = 0; i < expected.all().size(); i++) {
      float[] wanted = expected.all().get(i);
      double scale = largestDifference(wanted, new float[wanted.length]);
      largest = Math.max(largest, largestDifference(gradients.all().get(i), wanted) / scale);
    }
    return largest;
  }

  static double largestDifference(float[] values, float[] expected) {
    if (values.length != expected.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      largest = Math.max(largest, Math.abs((double) values[i] - expected[i]));
    }
    return largest;
  }
}
