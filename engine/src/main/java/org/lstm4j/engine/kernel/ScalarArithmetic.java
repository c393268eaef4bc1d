// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorArithmetic}: oracle in tests, and what runs without vectors. */
final class ScalarArithmetic implements Arithmetic {
  private final Shape shape;

  ScalarArithmetic(Shape shape) {
    this.shape = shape;
  }

  @Override
  public void apply(
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment c,
      long cOffset,
      MemorySegment out,
      long outOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      long place = (long) i * Float.BYTES;
      float y =
          value(
              a.get(JAVA_FLOAT, aOffset + place),
              b.get(JAVA_FLOAT, bOffset + place),
              c.get(JAVA_FLOAT, cOffset + place));
      out.set(JAVA_FLOAT, outOffset + place, Subnormals.flush(limited(y)));
    }
  }

  private float value(float a, float b, float c) {
    return switch (shape.operation()) {
      case COPY -> a;
      case ADD -> a + b;
      case MULTIPLY -> a * b;
      case MULTIPLY_ADD -> ScalarMath.fma(a, b, c);
      case MIX -> ScalarMath.fma(a, b - c, c);
    };
  }

  private float limited(float y) {
    float clip = shape.clip();
    if (clip > 0) {
      y = y > clip ? clip : y;
      return y < -clip ? -clip : y;
    }
    return y;
  }
}
