// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MUL;
import static org.lstm4j.engine.kernel.ScalarMath.ERF_P0;
import static org.lstm4j.engine.kernel.ScalarMath.ERF_P1;
import static org.lstm4j.engine.kernel.ScalarMath.ERF_P2;
import static org.lstm4j.engine.kernel.ScalarMath.ERF_P3;
import static org.lstm4j.engine.kernel.ScalarMath.ERF_Q1;
import static org.lstm4j.engine.kernel.ScalarMath.ERF_Q2;
import static org.lstm4j.engine.kernel.ScalarMath.ERF_Q3;
import static org.lstm4j.engine.kernel.ScalarMath.ERF_Q4;
import static org.lstm4j.engine.kernel.ScalarMath.ERF_SATURATION;
import static org.lstm4j.engine.kernel.ScalarMath.EXPM1_MIN;
import static org.lstm4j.engine.kernel.ScalarMath.EXPONENT_SHIFT;
import static org.lstm4j.engine.kernel.ScalarMath.EXP_MAX;
import static org.lstm4j.engine.kernel.ScalarMath.EXP_MIN;
import static org.lstm4j.engine.kernel.ScalarMath.EXP_P0;
import static org.lstm4j.engine.kernel.ScalarMath.EXP_P1;
import static org.lstm4j.engine.kernel.ScalarMath.EXP_P2;
import static org.lstm4j.engine.kernel.ScalarMath.EXP_P3;
import static org.lstm4j.engine.kernel.ScalarMath.EXP_P4;
import static org.lstm4j.engine.kernel.ScalarMath.HALF_EXPONENT_BIAS;
import static org.lstm4j.engine.kernel.ScalarMath.LN2_HIGH;
import static org.lstm4j.engine.kernel.ScalarMath.LN2_LOW;
import static org.lstm4j.engine.kernel.ScalarMath.LOG1P_P0;
import static org.lstm4j.engine.kernel.ScalarMath.LOG1P_P1;
import static org.lstm4j.engine.kernel.ScalarMath.LOG1P_P2;
import static org.lstm4j.engine.kernel.ScalarMath.LOG1P_Q1;
import static org.lstm4j.engine.kernel.ScalarMath.LOG1P_Q2;
import static org.lstm4j.engine.kernel.ScalarMath.LOG1P_Q3;
import static org.lstm4j.engine.kernel.ScalarMath.LOG2_E;
import static org.lstm4j.engine.kernel.ScalarMath.ROUND_TO_INTEGER;
import static org.lstm4j.engine.kernel.ScalarMath.SQRT_HALF_BITS;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_P1;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_P2;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_Q1;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_Q2;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_Q3;
import static org.lstm4j.engine.kernel.ScalarMath.TANH_SATURATION;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The elementary functions of the engine, a vector of floats at a time.
 *
 * <p>Each is the twin of the method of the same name in {@link ScalarMath}: the same operations in
 * the same order, so that every lane holds the bits that the scalar method gives, at any lane
 * count. What a function computes and how well is said there; why it does it the way it does, too.
 *
 * <p>Here stands the cost, as "operations + constants": vector operations, and broadcasts of a
 * constant, which a loop needs once; both count against C2's budget of nodes in a compiled method.
 * A multiply-add counts once, and twice in the class without the instruction. Each function fits
 * that budget in a loop of its own, in both classes, with room for a scaling before and after; of
 * {@link #tanh}, two.
 *
 * <p>Saturation compares and blends: {@code min} and {@code max} would cost several instructions
 * each for their rules on NaN and on the sign of zero.
 *
 * <p>A method here is a method of ours that takes and returns vectors. C2 inlines it into a loop
 * over a species that is a static final constant, and then nothing is allocated; but it may leave
 * it out of line, and box, where the loop is large or where the class meets vectors of more than
 * one width. The hottest loops therefore write the formula out, as the package description says. On
 * x86 without AVX every function boxes: C2 compiles no comparison of float vectors there.
 *
 * <p>What the methods do first to an argument is a virtual call ({@code broadcast}, {@code
 * lanewise}) and not one of the Vector API's final methods. C2 then learns the argument's class
 * from the profile of the call here, and not from that inside the API, which all widths in the JVM
 * share.
 *
 * <p>All methods are pure and safe for use by many threads.
 */
public final class VectorMath {

  private VectorMath() {}

  /**
   * Returns {@code a * b + c} in each lane: {@link ScalarMath#fma}.
   *
   * @param a a factor
   * @param b a factor
   * @param c what is added to their product
   * @return the sums
   */
  public static FloatVector fma(FloatVector a, FloatVector b, FloatVector c) {
    return NumericClass.FMA ? a.lanewise(FMA, b, c) : a.lanewise(MUL, b).add(c);
  }

  /**
   * Returns {@link ScalarMath#tanh} of each lane. Cost 16 + 11, float operations only.
   *
   * @param x any floats
   * @return tanh x
   */
  public static FloatVector tanh(FloatVector x) {
    FloatVector u = x.lanewise(MUL, x);
    FloatVector b = fma(x.mul(u), polynomial(u, TANH_P1, TANH_P2), x);
    FloatVector q = polynomial(u, 1f, TANH_Q1, TANH_Q2, TANH_Q3);
    return doubled(b, q, x, TANH_SATURATION);
  }

  /**
   * Returns {@link ScalarMath#sigmoid} of each lane. Cost 18 + 14, float operations only.
   *
   * @param x any floats
   * @return 1 / (1 + e^-x)
   */
  public static FloatVector sigmoid(FloatVector x) {
    return polynomial(tanh(x.mul(x.broadcast(0.5f))), 0.5f, 0.5f);
  }

  /**
   * Returns {@link ScalarMath#erf} of each lane. Cost 19 + 14, float operations only.
   *
   * @param x any floats
   * @return erf x
   */
  public static FloatVector erf(FloatVector x) {
    FloatVector u = x.lanewise(MUL, x);
    FloatVector b = fma(x.mul(u), polynomial(u, ERF_P1, ERF_P2, ERF_P3), x.mul(ERF_P0));
    FloatVector q = polynomial(u, 1f, ERF_Q1, ERF_Q2, ERF_Q3, ERF_Q4);
    return doubled(b, q, x, ERF_SATURATION);
  }

  /**
   * Returns {@link ScalarMath#exp} of each lane. Cost 17 + 15, two of them on integers.
   *
   * @param x any floats
   * @return e^x
   */
  public static FloatVector exp(FloatVector x) {
    FloatVector min = x.broadcast(EXP_MIN);
    FloatVector e = expInRange(x).blend(0f, x.compare(LT, min));
    return x.add(Float.POSITIVE_INFINITY).blend(e, x.compare(LE, EXP_MAX));
  }

  /**
   * Returns {@link ScalarMath#expm1} of each lane. Cost 18 + 15, one of them on integers.
   *
   * @param x any floats
   * @return e^x - 1
   */
  public static FloatVector expm1(FloatVector x) {
    FloatVector shifted = polynomial(x, ROUND_TO_INTEGER + HALF_EXPONENT_BIAS, LOG2_E);
    FloatVector n = shifted.sub(ROUND_TO_INTEGER + HALF_EXPONENT_BIAS);
    FloatVector r = reduced(x, n);
    FloatVector q = fma(r.mul(r), expPolynomial(r), r);
    FloatVector scale =
        shifted.reinterpretAsInts().lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats();
    FloatVector half = fma(scale, q, scale.sub(0.5f));
    FloatVector y = half.add(half).blend(-1f, x.compare(LT, EXPM1_MIN));
    return y.blend(Float.POSITIVE_INFINITY, x.compare(GT, EXP_MAX));
  }

  /**
   * Returns {@link ScalarMath#log} of each lane. Cost 22 + 17, five of them on integers.
   *
   * @param x any floats
   * @return ln x
   */
  public static FloatVector log(FloatVector x) {
    FloatVector zero = x.broadcast(0f);
    IntVector bits = x.reinterpretAsInts();
    IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(ASHR, EXPONENT_SHIFT);
    FloatVector f = bits.sub(exponent.lanewise(LSHL, EXPONENT_SHIFT)).reinterpretAsFloats().sub(1f);
    FloatVector n = (FloatVector) exponent.convert(I2F, 0);
    FloatVector y = fma(n, n.broadcast(LN2_HIGH), fma(n, n.broadcast(LN2_LOW), log1pInRange(f)));
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(LT, Float.MIN_NORMAL));
    y = y.blend(Float.NaN, x.compare(LT, zero));
    return x.blend(y, x.compare(LE, Float.MAX_VALUE));
  }

  /**
   * Returns {@link ScalarMath#softplus} of each lane. Cost 27 + 22, two of them on integers.
   *
   * @param x any floats
   * @return ln(1 + e^x)
   */
  public static FloatVector softplus(FloatVector x) {
    FloatVector zero = x.broadcast(0f);
    FloatVector negative = x.abs().neg();
    FloatVector e = expInRange(negative).blend(zero, negative.compare(LT, EXP_MIN));
    FloatVector positivePart = x.blend(zero, x.compare(LT, zero));
    return positivePart.add(log1pInRange(e));
  }

  /** c0 + c1 x. Written out, as our own methods are what C2 leaves out of line. */
  private static FloatVector polynomial(FloatVector x, float c0, float c1) {
    FloatVector v0 = x.broadcast(c0);
    FloatVector v1 = x.broadcast(c1);
    return NumericClass.FMA ? x.fma(v1, v0) : x.mul(v1).add(v0);
  }

  private static FloatVector polynomial(FloatVector x, float c0, float c1, float c2) {
    FloatVector v0 = x.broadcast(c0);
    FloatVector v1 = x.broadcast(c1);
    FloatVector v2 = x.broadcast(c2);
    return NumericClass.FMA ? x.fma(v2, v1).fma(x, v0) : x.mul(v2).add(v1).mul(x).add(v0);
  }

  private static FloatVector polynomial(FloatVector x, float c0, float c1, float c2, float c3) {
    FloatVector v0 = x.broadcast(c0);
    FloatVector v1 = x.broadcast(c1);
    FloatVector v2 = x.broadcast(c2);
    FloatVector v3 = x.broadcast(c3);
    return NumericClass.FMA
        ? x.fma(v3, v2).fma(x, v1).fma(x, v0)
        : x.mul(v3).add(v2).mul(x).add(v1).mul(x).add(v0);
  }

  private static FloatVector polynomial(
      FloatVector x, float c0, float c1, float c2, float c3, float c4) {
    FloatVector v0 = x.broadcast(c0);
    FloatVector v1 = x.broadcast(c1);
    FloatVector v2 = x.broadcast(c2);
    FloatVector v3 = x.broadcast(c3);
    FloatVector v4 = x.broadcast(c4);
    return NumericClass.FMA
        ? x.fma(v4, v3).fma(x, v2).fma(x, v1).fma(x, v0)
        : x.mul(v4).add(v3).mul(x).add(v2).mul(x).add(v1).mul(x).add(v0);
  }

  private static FloatVector doubled(
      FloatVector b, FloatVector q, FloatVector x, float saturation) {
    FloatVector limit = x.broadcast(saturation);
    FloatVector a = b.lanewise(MUL, 0.5f);
    FloatVector square = a.mul(a);
    FloatVector divisor = NumericClass.FMA ? q.fma(q, square) : q.mul(q).add(square);
    return b.mul(q)
        .div(divisor)
        .blend(1f, x.compare(GE, limit))
        .blend(-1f, x.compare(LE, limit.neg()));
  }

  private static FloatVector expInRange(FloatVector x) {
    FloatVector shifted = polynomial(x, ROUND_TO_INTEGER, LOG2_E);
    FloatVector r = reduced(x, shifted.sub(ROUND_TO_INTEGER));
    FloatVector one = x.broadcast(1f);
    FloatVector p = fma(fma(expPolynomial(r), r, one), r, one);
    IntVector exponent = shifted.reinterpretAsInts().lanewise(LSHL, EXPONENT_SHIFT);
    return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
  }

  private static FloatVector reduced(FloatVector x, FloatVector n) {
    return fma(n, n.broadcast(-LN2_LOW), fma(n, n.broadcast(-LN2_HIGH), x));
  }

  private static FloatVector expPolynomial(FloatVector r) {
    return polynomial(r, EXP_P0, EXP_P1, EXP_P2, EXP_P3, EXP_P4);
  }

  private static FloatVector log1pInRange(FloatVector f) {
    FloatVector p = polynomial(f, LOG1P_P0, LOG1P_P1, LOG1P_P2);
    FloatVector q = polynomial(f, 1f, LOG1P_Q1, LOG1P_Q2, LOG1P_Q3);
    FloatVector square = f.mul(f);
    FloatVector quotient = p.div(q);
    return NumericClass.FMA ? square.fma(quotient, f) : square.mul(quotient).add(f);
  }
}
