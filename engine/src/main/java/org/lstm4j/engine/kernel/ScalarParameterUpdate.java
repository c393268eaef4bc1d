// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * The scalar twin of {@link VectorParameterUpdate}: oracle in tests, what runs without vectors, and
 * what does the weights behind the last whole vector.
 */
final class ScalarParameterUpdate implements ParameterUpdate {
  private final Shape shape;

  ScalarParameterUpdate(Shape shape) {
    this.shape = shape;
  }

  @Override
  public void apply(
      MemorySegment values,
      MemorySegment gradients,
      MemorySegment first,
      MemorySegment second,
      MemorySegment third,
      float[] coefficients,
      long from,
      long end) {
    for (long i = from; i < end; i++) {
      float value = values.getAtIndex(JAVA_FLOAT, i);
      float gradient = gradients.getAtIndex(JAVA_FLOAT, i);
      if (shape.weightDecay()) {
        gradient = ScalarMath.fma(value, coefficients[WEIGHT_DECAY], gradient);
      }
      float changed =
          switch (shape.rule()) {
            case SGD -> sgd(value, gradient, first, i, coefficients);
            case RMS_PROP -> rmsProp(value, gradient, first, second, third, i, coefficients);
            case ADAM -> adam(value, gradient, first, second, third, i, coefficients);
          };
      values.setAtIndex(JAVA_FLOAT, i, changed);
    }
  }

  private float sgd(float value, float gradient, MemorySegment momentum, long i, float... c) {
    float direction = gradient;
    if (shape.momentum()) {
      direction = average(momentum, i, gradient, c[DECAY], c[SHARE]);
      if (shape.nesterov()) {
        direction = ScalarMath.fma(direction, c[MOMENTUM], gradient);
      }
    }
    return ScalarMath.fma(direction, c[RATE], value);
  }

  private float rmsProp(
      float value,
      float gradient,
      MemorySegment squares,
      MemorySegment momentum,
      MemorySegment averages,
      long i,
      float... c) {
    float variance = averageOfSquares(squares, i, gradient, c);
    if (shape.centered()) {
      float mean = average(averages, i, gradient, c[SQUARE_DECAY], c[SQUARE_SHARE]);
      variance = ScalarMath.fma(-mean, mean, variance);
    }
    float divisor = (float) Math.sqrt(variance) + c[EPS];
    if (shape.momentum()) {
      float sum = momentum.getAtIndex(JAVA_FLOAT, i) * c[MOMENTUM] + gradient / divisor;
      sum = Subnormals.flush(sum);
      momentum.setAtIndex(JAVA_FLOAT, i, sum);
      return ScalarMath.fma(sum, c[RATE], value);
    }
    return value + gradient * c[RATE] / divisor;
  }

  private float adam(
      float value,
      float gradient,
      MemorySegment averages,
      MemorySegment squares,
      MemorySegment largest,
      long i,
      float... c) {
    float mean = average(averages, i, gradient, c[DECAY], c[SHARE]);
    float square = averageOfSquares(squares, i, gradient, c);
    if (shape.amsgrad()) {
      square = Math.max(largest.getAtIndex(JAVA_FLOAT, i), square);
      largest.setAtIndex(JAVA_FLOAT, i, square);
    }
    float divisor = (float) Math.sqrt(square) / c[ROOT] + c[EPS];
    return value * c[KEEP] + mean * c[RATE] / divisor;
  }

  private static float average(
      MemorySegment averages, long i, float gradient, float decay, float share) {
    float average = ScalarMath.fma(gradient, share, averages.getAtIndex(JAVA_FLOAT, i) * decay);
    average = Subnormals.flush(average);
    averages.setAtIndex(JAVA_FLOAT, i, average);
    return average;
  }

  private static float averageOfSquares(MemorySegment squares, long i, float gradient, float... c) {
    float average =
        ScalarMath.fma(
            gradient * c[SQUARE_SHARE],
            gradient,
            squares.getAtIndex(JAVA_FLOAT, i) * c[SQUARE_DECAY]);
    squares.setAtIndex(JAVA_FLOAT, i, average);
    return average;
  }
}
