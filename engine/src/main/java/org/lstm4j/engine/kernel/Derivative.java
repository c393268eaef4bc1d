// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The derivative of a function of {@link Elementwise}. Where there are two, at a kink, it is that
 * of PyTorch: of RELU, LEAKY_RELU and ELU that for smaller arguments, of HARD_SIGMOID zero.
 */
public final class Derivative {
  /** 1 / sqrt(2 pi), the density of the normal distribution at 0. */
  private static final float DENSITY = ScalarElementwise.GELU_SCALE / 2;

  private final Elementwise.Function function;
  private final float alpha;
  private final float beta;

  /** The derivative of a function with its constants; see {@link Elementwise.Shape}. */
  public Derivative(Elementwise.Function function, float alpha, float beta) {
    this.function = function;
    this.alpha = alpha;
    this.beta = beta;
  }

  /** {@return the derivative at x; NaN gives NaN or a constant} */
  public float at(float x) {
    return switch (function) {
      case SIGMOID -> sigmoid(x);
      case TANH -> {
        float t = ScalarMath.tanh(x);
        yield ScalarMath.tanhSlope(t);
      }
      case RELU -> x <= 0 ? 0 : 1;
      case LEAKY_RELU -> x > 0 ? 1 : alpha;
      case ELU -> x > 0 ? 1 : alpha * ScalarMath.exp(x);
      case GELU -> gelu(x);
      case GELU_TANH -> geluTanh(x);
      case SILU -> {
        // (x s)' = s + x s (1 - s)
        float s = ScalarMath.sigmoid(x);
        yield ScalarMath.fma(x, sigmoid(x), s);
      }
      case SOFTPLUS -> x * alpha > beta ? 1 : ScalarMath.sigmoid(x * alpha);
      case HARD_SIGMOID -> {
        float y = ScalarMath.fma(x, alpha, beta);
        yield y <= 0 || y >= 1 ? 0 : alpha;
      }
      case EXP -> ScalarMath.exp(x);
    };
  }

  /** s (1 - s). */
  private static float sigmoid(float x) {
    float s = ScalarMath.sigmoid(x);
    return ScalarMath.sigmoidSlope(s);
  }

  /** (x Phi(x))' = Phi(x) + x exp(-x x / 2) / sqrt(2 pi). */
  private static float gelu(float x) {
    float phi = 0.5f * (1 + ScalarMath.erf(x * ScalarElementwise.SQRT_HALF));
    return ScalarMath.fma(x * DENSITY, ScalarMath.exp(-0.5f * x * x), phi);
  }

  /** (x (1 + t) / 2)' = (1 + t) / 2 + x (1 - t t) u' / 2 with t = tanh u, u = k (x + c x x x). */
  private static float geluTanh(float x) {
    float c = ScalarElementwise.GELU_CUBIC;
    float k = ScalarElementwise.GELU_SCALE;
    float t = ScalarMath.tanh(k * ScalarMath.fma(c * x * x, x, x));
    float slope = 0.5f * x * ScalarMath.tanhSlope(t);
    // Where t is 1, u' may be infinite.
    float second = slope == 0 ? 0 : slope * k * ScalarMath.fma(3 * c * x, x, 1);
    return ScalarMath.fma(0.5f, t, 0.5f) + second;
  }
}
