// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import org.lstm4j.engine.stage.Rows;
import org.lstm4j.engine.training.Loss;

/** Losses that depend on the difference d = x - y alone, in double precision. */
final class DifferenceLoss implements RowLoss {
  private enum Kind {
    SQUARE,
    ABSOLUTE,
    HUBER,
    SMOOTH
  }

  private final Kind kind;

  /** Where a quadratic loss becomes a linear one. */
  private final double bend;

  private float[] targets;

  private DifferenceLoss(Kind kind, double bend) {
    this.kind = kind;
    this.bend = bend;
  }

  static DifferenceLoss of(Loss.MeanSquaredError unused) {
    return new DifferenceLoss(Kind.SQUARE, 0);
  }

  static DifferenceLoss of(Loss.MeanAbsoluteError unused) {
    return new DifferenceLoss(Kind.ABSOLUTE, 0);
  }

  static DifferenceLoss of(Loss.Huber huber) {
    return new DifferenceLoss(Kind.HUBER, huber.delta());
  }

  static DifferenceLoss of(Loss.SmoothL1 smooth) {
    return new DifferenceLoss(Kind.SMOOTH, smooth.beta());
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
      double x = output.data().get(JAVA_FLOAT, output.offset(row) + at);
      double d = x - targets[first + i];
      sum += value(d);
      gradient.data().set(JAVA_FLOAT, gradient.offset(row) + at, (float) (scale * slope(d)));
    }
    return sum;
  }

  private double value(double d) {
    double distance = Math.abs(d);
    return switch (kind) {
      case SQUARE -> d * d;
      case ABSOLUTE -> distance;
      case HUBER -> distance <= bend ? 0.5 * d * d : bend * (distance - 0.5 * bend);
      case SMOOTH -> distance < bend ? 0.5 * d * d / bend : distance - 0.5 * bend;
    };
  }

  private double slope(double d) {
    return switch (kind) {
      case SQUARE -> 2 * d;
      case ABSOLUTE -> Math.signum(d);
      case HUBER -> Math.abs(d) < bend ? d : bend * Math.signum(d);
      case SMOOTH -> {
        // In PyTorch's order, so that without a bend the slope at 0 is that of PyTorch, -1.
        if (d <= -bend) {
          yield -1;
        }
        yield d >= bend ? 1 : d / bend;
      }
    };
  }
}
