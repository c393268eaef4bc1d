// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import org.lstm4j.engine.kernel.ScalarMath;
import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.training.Loss;

/**
 * Binary cross-entropy: (1 - y) x + (1 + (p - 1) y) softplus(-x), which neither overflows nor loses
 * small probabilities.
 */
final class BinaryLoss implements RowLoss {
  /** Of each feature. */
  private final float[] posWeight;

  private float[] targets;

  BinaryLoss(Loss.BinaryCrossEntropyWithLogits loss, int features) {
    int given = loss.posWeight().size();
    if (given > 1 && given != features) {
      throw new IllegalArgumentException(
          "the loss has %d positive weights, the output %d features".formatted(given, features));
    }
    posWeight = new float[features];
    for (int i = 0; i < features; i++) {
      posWeight[i] = given == 0 ? 1 : loss.posWeight().get(given == 1 ? 0 : i);
    }
  }

  void targets(float... values) {
    targets = values;
  }

  @Override
  public double apply(Rows output, Rows gradient, long row, int place, double scale, int thread) {
    double sum = 0;
    int first = place * output.features();
    for (int i = 0; i < output.features(); i++) {
      long at = (long) i * Float.BYTES;
      float x = output.data().get(JAVA_FLOAT, output.offset(row) + at);
      double y = targets[first + i];
      double positive = posWeight[i] * y;
      sum += (1 - y) * x + (1 - y + positive) * ScalarMath.softplus(-x);
      double slope = (1 - y) * sigmoid(x) - positive * sigmoid(-x);
      gradient.data().set(JAVA_FLOAT, gradient.offset(row) + at, (float) (scale * slope));
    }
    return sum;
  }

  /** By the exponential, which is accurate for small results too. */
  private static double sigmoid(float x) {
    double e = ScalarMath.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }
}
