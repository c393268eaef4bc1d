// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The scalar twin of {@link VectorElementwise}: oracle in tests, and what runs without vectors. */
final class ScalarElementwise implements Elementwise {
  /** 1 / sqrt(2): GELU's Phi(x) is (1 + erf(x / sqrt(2))) / 2. */
  static final float SQRT_HALF = 0x1.6a09e6p-1f;

  /** sqrt(2 / pi) and the cubic term of GELU's tanh form (Hendrycks and Gimpel 2016). */
  static final float GELU_SCALE = 0x1.988454p-1f;

  static final float GELU_CUBIC = 0.044715f;

  private final Shape shape;

  ScalarElementwise(Shape shape) {
    this.shape = shape;
  }

  @Override
  public void apply(MemorySegment in, long inOffset, MemorySegment out, long outOffset, int n) {
    for (int i = 0; i < n; i++) {
      long place = (long) i * Float.BYTES;
      out.set(JAVA_FLOAT, outOffset + place, value(in.get(JAVA_FLOAT, inOffset + place)));
    }
  }

  private float value(float x) {
    return switch (shape.function()) {
      case SIGMOID -> ScalarMath.sigmoid(x);
      case TANH -> ScalarMath.tanh(x);
      case RELU -> x < 0 ? 0 : x;
      case LEAKY_RELU -> x > 0 ? x : x * shape.alpha();
      case ELU -> x > 0 ? x : ScalarMath.expm1(x) * shape.alpha();
      case GELU -> 0.5f * x * (1 + ScalarMath.erf(x * SQRT_HALF));
      case GELU_TANH -> {
        float inner = ScalarMath.fma(GELU_CUBIC * x * x, x, x);
        yield 0.5f * x * (1 + ScalarMath.tanh(GELU_SCALE * inner));
      }
      case SILU -> x * ScalarMath.sigmoid(x);
      case SOFTPLUS -> {
        float scaled = x * shape.alpha();
        yield scaled > shape.beta() ? x : ScalarMath.softplus(scaled) / shape.alpha();
      }
      case HARD_SIGMOID -> {
        float y = ScalarMath.fma(x, shape.alpha(), shape.beta());
        y = y > 1 ? 1 : y;
        yield y < 0 ? 0 : y;
      }
      case EXP -> ScalarMath.exp(x);
    };
  }
}
