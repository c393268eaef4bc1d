// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The functions under test, each with its double-precision reference and the bound that it has to
 * keep: so many ulps, or so many times 2^-24 absolute. A sigmoidal function may keep either.
 *
 * <p>Mentions no vector type, so that it loads in a JVM without the vector module.
 */
enum ElementaryFunction {
  TANH(4, 4.5, 2),
  SIGMOID(0, 0, NumericClass.FMA ? 2 : 2.25),
  ERF(4.25, 5, 2),
  EXP(1, 1.5, 0),
  EXPM1(2, 2, 0),
  LOG(2, 2, 0),
  SOFTPLUS(2.5, 3, 0);

  private final double ulpBound;
  private final double absoluteBound;

  ElementaryFunction(double fusedUlpBound, double unfusedUlpBound, double absoluteBound) {
    this.ulpBound = NumericClass.FMA ? fusedUlpBound : unfusedUlpBound;
    this.absoluteBound = absoluteBound * 0x1p-24;
  }

  /** The scalar function. */
  float apply(float x) {
    return switch (this) {
      case TANH -> ScalarMath.tanh(x);
      case SIGMOID -> ScalarMath.sigmoid(x);
      case ERF -> ScalarMath.erf(x);
      case EXP -> ScalarMath.exp(x);
      case EXPM1 -> ScalarMath.expm1(x);
      case LOG -> ScalarMath.log(x);
      case SOFTPLUS -> ScalarMath.softplus(x);
    };
  }

  /** What the function should give, but for rounding. */
  double reference(double x) {
    return switch (this) {
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case ERF -> exactErf(x);
      case EXP -> flushed(Math.exp(x));
      case EXPM1 -> Math.expm1(x);
      case LOG -> x >= 0 && x < Float.MIN_NORMAL ? Double.NEGATIVE_INFINITY : Math.log(x);
      case SOFTPLUS -> flushed(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
    };
  }

  /**
   * Whether y may stand for the exact value: NaN for NaN, the right infinity or zero where the
   * exact value is one or leaves the range of floats, and else within the bound.
   */
  boolean allows(float y, double exact) {
    float nearest = (float) exact;
    if (Float.isFinite(nearest) && exact != 0) {
      return ulpError(y, exact) <= ulpBound || Math.abs(y - exact) <= absoluteBound;
    }
    return y == nearest || (Float.isNaN(y) && Float.isNaN(nearest));
  }

  /** The distance of y from the exact value in spacings of floats at the exact value. */
  static double ulpError(float y, double exact) {
    int exponent = Math.max(Math.getExponent(exact), Float.MIN_EXPONENT);
    return Math.abs(y - exact) / Math.scalb(1.0, exponent - (Float.PRECISION - 1));
  }

  private static double flushed(double y) {
    return y < Float.MIN_NORMAL ? 0 : y;
  }

  /** The series 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms are all of one sign. */
  private static double exactErf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > Math.ulp(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
