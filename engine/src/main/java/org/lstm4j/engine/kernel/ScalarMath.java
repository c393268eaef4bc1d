// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The elementary functions of the engine, one float at a time.
 *
 * <p>Their vector twins are written out in the loops of {@link VectorLstmGates} and {@link
 * VectorElementwise}: the same operations in the same order, so that both give the same bits within
 * one {@linkplain NumericClass numeric class}, for every input. A change here is a change there.
 *
 * <p>The errors given are the largest over all floats, against double precision: first with fused
 * multiply-add, in brackets without. The program {@code ExhaustiveError} among this package's tests
 * measures them. An ulp is the spacing of floats at the exact result. The coefficients come from
 * {@code fit_functions.py} among the engine's test sources, which derives the formulas.
 *
 * <p>NaN gives NaN everywhere. All methods are pure and safe for use by many threads.
 */
public final class ScalarMath {

  /** From 12.5 ln 2 on, the hyperbolic tangent is within 2^-24 of 1. */
  static final float TANH_SATURATION = 0x1.154248p3f;

  static final float TANH_P1 = 0x1.e8085ap-6f;
  static final float TANH_P2 = 0x1.e079a8p-14f;
  static final float TANH_Q1 = 0x1.cf5762p-4f;
  static final float TANH_Q2 = 0x1.3ca8ecp-10f;
  static final float TANH_Q3 = 0x1.4bb0fap-20f;

  // The same function of half its argument, from there on half as large: see halfTanh.
  static final float HALF_TANH_SATURATION = TANH_SATURATION * TANH_SATURATION / 4;
  static final float HALF_TANH_P1 = 4 * TANH_P1;
  static final float HALF_TANH_P2 = 16 * TANH_P2;
  static final float HALF_TANH_Q1 = 4 * TANH_Q1;
  static final float HALF_TANH_Q2 = 16 * TANH_Q2;
  static final float HALF_TANH_Q3 = 64 * TANH_Q3;

  /** From here on, the error function is within 1.1 * 2^-24 of 1. */
  static final float ERF_SATURATION = 3.83f;

  static final float ERF_P0 = 0x1.20dd76p0f;
  static final float ERF_P1 = 0x1.3086a2p-2f;
  static final float ERF_P2 = 0x1.0871b6p-5f;
  static final float ERF_P3 = 0x1.4d048cp-9f;
  static final float ERF_Q1 = 0x1.1d43a6p-2f;
  static final float ERF_Q2 = 0x1.8cf08cp-5f;
  static final float ERF_Q3 = 0x1.8c6788p-8f;
  static final float ERF_Q4 = 0x1.9ee836p-14f;

  static final float LOG2_E = 0x1.715476p0f;

  /** LN2_HIGH + LN2_LOW = ln 2; products of LN2_HIGH with the integers used here are exact. */
  static final float LN2_HIGH = 0x1.62e4p-1f;

  static final float LN2_LOW = 0x1.7f7d1cp-20f;

  /**
   * Added to a small float, leaves the nearest integer in the low bits of the sum and zeros in the
   * bits above, so that a shift by {@link #EXPONENT_SHIFT} makes an exponent of it.
   */
  static final float ROUND_TO_INTEGER = 0x1.8p23f;

  static final int EXPONENT_SHIFT = 23;

  /** The exponential of anything smaller is below the smallest normal float. */
  static final float EXP_MIN = -0x1.5d589ep6f;

  /** The exponential of anything larger exceeds the largest float. */
  static final float EXP_MAX = 0x1.62e42ep6f;

  static final float EXP_P0 = 0x1.0p-1f;
  static final float EXP_P1 = 0x1.5554b2p-3f;
  static final float EXP_P2 = 0x1.55566ep-5f;
  static final float EXP_P3 = 0x1.12277cp-7f;
  static final float EXP_P4 = 0x1.6bec04p-10f;

  /** From 25 ln 2 downwards, -1 is the float nearest to e^x - 1. */
  static final float EXPM1_MIN = -0x1.154246p4f;

  /** The exponent's bias less one: leaves 2^(n-1) after the shift, which is finite for all n. */
  static final float HALF_EXPONENT_BIAS = 126f;

  /** The bits of the square root of 1/2, where the range of a reduced logarithm begins. */
  static final int SQRT_HALF_BITS = 0x3f35_04f3;

  static final float LOG1P_P0 = -0x1.fffff8p-2f;
  static final float LOG1P_P1 = -0x1.f3262cp-2f;
  static final float LOG1P_P2 = -0x1.689248p-4f;
  static final float LOG1P_Q1 = 0x1.a43da8p0f;
  static final float LOG1P_Q2 = 0x1.8a758ap-1f;
  static final float LOG1P_Q3 = 0x1.7c6f8ep-4f;

  private ScalarMath() {}

  /**
   * Returns {@code a * b + c}, rounded once or twice as the {@linkplain NumericClass numeric class}
   * says.
   *
   * @param a a factor
   * @param b a factor
   * @param c what is added to their product
   * @return the sum
   */
  public static float fma(float a, float b, float c) {
    return NumericClass.FMA ? Math.fma(a, b, c) : a * b + c;
  }

  /**
   * Returns the hyperbolic tangent. Error 4.1 (4.9) ulp and 3.0 (3.4) * 2^-24 absolute; exactly
   * odd, never beyond ±1, and x itself where |x| is below 2^-11.
   *
   * @param x any float
   * @return tanh x
   */
  public static float tanh(float x) {
    // tanh x = 2t / (1 + t²) with t = tanh(x/2) = b / 2q, a rational function of x. Where tanh
    // nears 1 and a rational of x alone loses most to rounding, the doubling forgives errors of t.
    float u = x * x;
    float b = fma(x * u, polynomial(u, TANH_P1, TANH_P2), x);
    float q = polynomial(u, 1f, TANH_Q1, TANH_Q2, TANH_Q3);
    return doubled(b, q, x, TANH_SATURATION);
  }

  /**
   * Returns half the hyperbolic tangent of twice a number: what the gates of a cell are made of,
   * since tanh x = 2 halfTanh(x/2) and sigmoid x = halfTanh(x/4) + 1/2, where the factors cost no
   * rounding. The bits are those of {@link #tanh} but for subnormal results.
   *
   * @param w any float
   * @return tanh(2w) / 2
   */
  public static float halfTanh(float w) {
    float v = w * w;
    float a = fma(polynomial(v, HALF_TANH_P1, HALF_TANH_P2), w * v, w);
    float q = polynomial(v, 1f, HALF_TANH_Q1, HALF_TANH_Q2, HALF_TANH_Q3);
    float z = a * q / fma(q, q, a * a);
    return v >= HALF_TANH_SATURATION ? Math.copySign(0.5f, w) : z;
  }

  /**
   * Returns the logistic sigmoid, computed as {@code tanh(x/2)/2 + 1/2}. Error 2.0 (2.2) * 2^-24
   * absolute. Relative to the result the error has no bound: as x falls, the result gets coarser,
   * reaches 0 near x = -17 and is 0 below -17.33.
   *
   * @param x any float
   * @return 1 / (1 + e^-x)
   */
  public static float sigmoid(float x) {
    return fma(0.5f, tanh(0.5f * x), 0.5f);
  }

  /**
   * Returns the error function. Error 5.2 (6.4) ulp, small results included, and 3.5 (4.0) * 2^-24
   * absolute; exactly odd and never beyond ±1.
   *
   * @param x any float
   * @return 2/√π times the integral of e^(-t²) from 0 to x
   */
  public static float erf(float x) {
    // As for tanh, with t = tanh(atanh(erf x) / 2).
    float u = x * x;
    float b = fma(x * u, polynomial(u, ERF_P1, ERF_P2, ERF_P3), x * ERF_P0);
    float q = polynomial(u, 1f, ERF_Q1, ERF_Q2, ERF_Q3, ERF_Q4);
    return doubled(b, q, x, ERF_SATURATION);
  }

  /**
   * Returns the exponential. Error 1.0 (1.3) ulp; 0 where the exact value is below the smallest
   * normal float, that is below x = -87.33655, and infinity where it exceeds the largest, above
   * 88.72283.
   *
   * @param x any float
   * @return e^x
   */
  public static float exp(float x) {
    float e = x < EXP_MIN ? 0f : expInRange(x);
    return x <= EXP_MAX ? e : x + Float.POSITIVE_INFINITY;
  }

  /**
   * Returns the exponential less one. Error 1.6 (1.7) ulp; 0 also for -0.
   *
   * @param x any float
   * @return e^x - 1, accurate also where x is near 0
   */
  public static float expm1(float x) {
    float shifted = fma(x, LOG2_E, ROUND_TO_INTEGER + HALF_EXPONENT_BIAS);
    float n = shifted - (ROUND_TO_INTEGER + HALF_EXPONENT_BIAS);
    float r = reduced(x, n);
    float q = fma(r * r, expPolynomial(r), r);
    float scale = Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << EXPONENT_SHIFT);
    float half = fma(scale, q, scale - 0.5f);
    float y = x < EXPM1_MIN ? -1f : half + half;
    return x > EXP_MAX ? Float.POSITIVE_INFINITY : y;
  }

  /**
   * Returns the natural logarithm. Error 1.2 (1.3) ulp. Subnormal arguments count as 0, whose
   * logarithm is -infinity; that of a negative number is NaN.
   *
   * @param x any float
   * @return ln x
   */
  public static float log(float x) {
    int bits = Float.floatToRawIntBits(x);
    int exponent = (bits - SQRT_HALF_BITS) >> EXPONENT_SHIFT;
    float f = Float.intBitsToFloat(bits - (exponent << EXPONENT_SHIFT)) - 1f;
    float n = (float) exponent;
    float y = fma(n, LN2_HIGH, fma(n, LN2_LOW, log1pInRange(f)));
    y = x < Float.MIN_NORMAL ? Float.NEGATIVE_INFINITY : y;
    y = x < 0f ? Float.NaN : y;
    return x <= Float.MAX_VALUE ? y : x;
  }

  /**
   * Returns the softplus function, the smooth maximum of x and 0. Error 2.3 (2.8) ulp; 0 below x =
   * -87.33655.
   *
   * @param x any float
   * @return ln(1 + e^x)
   */
  public static float softplus(float x) {
    float negative = -Math.abs(x);
    float e = negative < EXP_MIN ? 0f : expInRange(negative);
    float positivePart = x < 0f ? 0f : x;
    return positivePart + log1pInRange(e);
  }

  /** c0 + c1 x. */
  private static float polynomial(float x, float c0, float c1) {
    return fma(x, c1, c0);
  }

  private static float polynomial(float x, float c0, float c1, float c2) {
    return fma(polynomial(x, c1, c2), x, c0);
  }

  private static float polynomial(float x, float c0, float c1, float c2, float c3) {
    return fma(polynomial(x, c1, c2, c3), x, c0);
  }

  private static float polynomial(float x, float c0, float c1, float c2, float c3, float c4) {
    return fma(polynomial(x, c1, c2, c3, c4), x, c0);
  }

  /** tanh(2 artanh(b / 2q)), and ±1 for |x| from the saturation on. */
  private static float doubled(float b, float q, float x, float saturation) {
    float a = 0.5f * b;
    float y = (b * q) / fma(q, q, a * a);
    y = x >= saturation ? 1f : y;
    return x <= -saturation ? -1f : y;
  }

  /** e^x for x from EXP_MIN to EXP_MAX; anything for other x, NaN included. */
  private static float expInRange(float x) {
    float shifted = fma(x, LOG2_E, ROUND_TO_INTEGER);
    float r = reduced(x, shifted - ROUND_TO_INTEGER);
    float p = fma(fma(expPolynomial(r), r, 1f), r, 1f);
    // Adding to the exponent in place, where a factor 2^n would overflow at n = 128.
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << EXPONENT_SHIFT));
  }

  /** x - n ln 2. */
  private static float reduced(float x, float n) {
    return fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x));
  }

  /** (e^r - 1 - r) / r² for |r| up to ln(2) / 2. */
  private static float expPolynomial(float r) {
    return polynomial(r, EXP_P0, EXP_P1, EXP_P2, EXP_P3, EXP_P4);
  }

  /** ln(1 + f) for f from √½ - 1 to 1. */
  private static float log1pInRange(float f) {
    float p = polynomial(f, LOG1P_P0, LOG1P_P1, LOG1P_P2);
    float q = polynomial(f, 1f, LOG1P_Q1, LOG1P_Q2, LOG1P_Q3);
    return fma(f * f, p / q, f);
  }

  /** The slope of tanh where it is t. Without fused arithmetic, 1 - t * t would lose the digits. */
  static float tanhSlope(float t) {
    return NumericClass.FMA ? fma(-t, t, 1) : (1 - t) * (1 + t);
  }

  /** The slope of the sigmoid where it is s; likewise. */
  static float sigmoidSlope(float s) {
    return NumericClass.FMA ? fma(-s, s, s) : s * (1 - s);
  }
}
