// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link Elementwise}; a template that {@link Specialization} defines once for
 * each function. Formulas as in {@link ScalarElementwise}.
 *
 * <p>The formulas of {@link ScalarMath} are written out in the loops, for the reason that the
 * package description gives: as calls they were left out of line below a softmax, which then
 * allocated 200 bytes a row.
 */
final class VectorElementwise implements Elementwise {
  private static final Shape SHAPE = Specialization.shape(MethodHandles.lookup(), Shape.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(SHAPE.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final Class<? extends IntVector> EXACT_INTS =
      Vectors.exactInts(Vectors.intSpecies(SPECIES.length()));
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final Function FUNCTION = SHAPE.function();
  private static final float ALPHA = SHAPE.alpha();
  private static final float BETA = SHAPE.beta();
  private static final long VECTOR = (long) SHAPE.lanes() * Float.BYTES;

  /** One of these loops remains; javac's switch would stay. */
  @Override
  public void apply(MemorySegment in, long inOffset, MemorySegment out, long outOffset, int n) {
    long end = (n + SPECIES.length() - 1) / SPECIES.length() * VECTOR;
    if (FUNCTION == Function.RELU || FUNCTION == Function.LEAKY_RELU) {
      rectify(in, inOffset, out, outOffset, end);
    } else if (FUNCTION == Function.HARD_SIGMOID) {
      clamp(in, inOffset, out, outOffset, end);
    } else if (FUNCTION == Function.ELU) {
      expm1(in, inOffset, out, outOffset, end);
    } else if (FUNCTION == Function.GELU) {
      erf(in, inOffset, out, outOffset, end);
    } else if (FUNCTION == Function.EXP) {
      exp(in, inOffset, out, outOffset, end);
    } else if (FUNCTION == Function.SOFTPLUS) {
      softplus(in, inOffset, out, outOffset, end);
    } else {
      tanh(in, inOffset, out, outOffset, end);
    }
  }

  /** RELU and LEAKY_RELU. */
  private static void rectify(
      MemorySegment in, long inOffset, MemorySegment out, long outOffset, long end) {
    if (in.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = broadcast(SPECIES, 0f);
    FloatVector alpha = broadcast(SPECIES, ALPHA);
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x = EXACT.cast(fromMemorySegment(SPECIES, in, inOffset + at, ORDER));
      FloatVector y =
          FUNCTION == Function.RELU
              ? x.blend(zero, x.compare(LT, zero))
              : x.mul(alpha).blend(x, x.compare(GT, zero));
      y.intoMemorySegment(out, outOffset + at, ORDER);
    }
  }

  /** HARD_SIGMOID. */
  private static void clamp(
      MemorySegment in, long inOffset, MemorySegment out, long outOffset, long end) {
    if (in.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = broadcast(SPECIES, 0f);
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector alpha = broadcast(SPECIES, ALPHA);
    FloatVector beta = broadcast(SPECIES, BETA);
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x = EXACT.cast(fromMemorySegment(SPECIES, in, inOffset + at, ORDER));
      FloatVector y = FMA ? x.fma(alpha, beta) : x.mul(alpha).add(beta);
      y = y.blend(one, y.compare(GT, one));
      y = y.blend(zero, y.compare(LT, zero));
      y.intoMemorySegment(out, outOffset + at, ORDER);
    }
  }

  /** TANH, SIGMOID, SILU and GELU_TANH: the hyperbolic tangent of something, scaled. */
  private static void tanh(
      MemorySegment in, long inOffset, MemorySegment out, long outOffset, long end) {
    if (in.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector minusOne = broadcast(SPECIES, -1f);
    FloatVector half = broadcast(SPECIES, 0.5f);
    FloatVector cubic = broadcast(SPECIES, ScalarElementwise.GELU_CUBIC);
    FloatVector geluScale = broadcast(SPECIES, ScalarElementwise.GELU_SCALE);
    FloatVector p1 = broadcast(SPECIES, ScalarMath.TANH_P1);
    FloatVector p2 = broadcast(SPECIES, ScalarMath.TANH_P2);
    FloatVector q1 = broadcast(SPECIES, ScalarMath.TANH_Q1);
    FloatVector q2 = broadcast(SPECIES, ScalarMath.TANH_Q2);
    FloatVector q3 = broadcast(SPECIES, ScalarMath.TANH_Q3);
    FloatVector saturation = broadcast(SPECIES, ScalarMath.TANH_SATURATION);
    FloatVector minusSaturation = broadcast(SPECIES, -ScalarMath.TANH_SATURATION);
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x = EXACT.cast(fromMemorySegment(SPECIES, in, inOffset + at, ORDER));
      FloatVector z = x;
      if (FUNCTION == Function.SIGMOID || FUNCTION == Function.SILU) {
        z = x.mul(half);
      } else if (FUNCTION == Function.GELU_TANH) {
        FloatVector cube = x.mul(cubic).mul(x);
        z = (FMA ? cube.fma(x, x) : cube.mul(x).add(x)).mul(geluScale);
      }
      FloatVector u = z.mul(z);
      FloatVector b = FMA ? z.mul(u).fma(u.fma(p2, p1), z) : z.mul(u).mul(u.mul(p2).add(p1)).add(z);
      FloatVector q =
          FMA
              ? u.fma(q3, q2).fma(u, q1).fma(u, one)
              : u.mul(q3).add(q2).mul(u).add(q1).mul(u).add(one);
      FloatVector a = b.mul(half);
      FloatVector y = b.mul(q).div(FMA ? q.fma(q, a.mul(a)) : q.mul(q).add(a.mul(a)));
      y = y.blend(one, z.compare(GE, saturation)).blend(minusOne, z.compare(LE, minusSaturation));
      if (FUNCTION == Function.SIGMOID || FUNCTION == Function.SILU) {
        y = FMA ? y.fma(half, half) : y.mul(half).add(half);
        y = FUNCTION == Function.SILU ? x.mul(y) : y;
      } else if (FUNCTION == Function.GELU_TANH) {
        y = x.mul(half).mul(y.add(one));
      }
      y.intoMemorySegment(out, outOffset + at, ORDER);
    }
  }

  /** GELU. */
  private static void erf(
      MemorySegment in, long inOffset, MemorySegment out, long outOffset, long end) {
    if (in.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector minusOne = broadcast(SPECIES, -1f);
    FloatVector half = broadcast(SPECIES, 0.5f);
    FloatVector sqrtHalf = broadcast(SPECIES, ScalarElementwise.SQRT_HALF);
    FloatVector p0 = broadcast(SPECIES, ScalarMath.ERF_P0);
    FloatVector p1 = broadcast(SPECIES, ScalarMath.ERF_P1);
    FloatVector p2 = broadcast(SPECIES, ScalarMath.ERF_P2);
    FloatVector p3 = broadcast(SPECIES, ScalarMath.ERF_P3);
    FloatVector q1 = broadcast(SPECIES, ScalarMath.ERF_Q1);
    FloatVector q2 = broadcast(SPECIES, ScalarMath.ERF_Q2);
    FloatVector q3 = broadcast(SPECIES, ScalarMath.ERF_Q3);
    FloatVector q4 = broadcast(SPECIES, ScalarMath.ERF_Q4);
    FloatVector saturation = broadcast(SPECIES, ScalarMath.ERF_SATURATION);
    FloatVector minusSaturation = broadcast(SPECIES, -ScalarMath.ERF_SATURATION);
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x = EXACT.cast(fromMemorySegment(SPECIES, in, inOffset + at, ORDER));
      FloatVector z = x.mul(sqrtHalf);
      FloatVector u = z.mul(z);
      FloatVector r = FMA ? u.fma(p3, p2).fma(u, p1) : u.mul(p3).add(p2).mul(u).add(p1);
      FloatVector b = FMA ? z.mul(u).fma(r, z.mul(p0)) : z.mul(u).mul(r).add(z.mul(p0));
      FloatVector q =
          FMA
              ? u.fma(q4, q3).fma(u, q2).fma(u, q1).fma(u, one)
              : u.mul(q4).add(q3).mul(u).add(q2).mul(u).add(q1).mul(u).add(one);
      FloatVector a = b.mul(half);
      FloatVector y = b.mul(q).div(FMA ? q.fma(q, a.mul(a)) : q.mul(q).add(a.mul(a)));
      y = y.blend(one, z.compare(GE, saturation)).blend(minusOne, z.compare(LE, minusSaturation));
      x.mul(half).mul(y.add(one)).intoMemorySegment(out, outOffset + at, ORDER);
    }
  }

  /** EXP. */
  private static void exp(
      MemorySegment in, long inOffset, MemorySegment out, long outOffset, long end) {
    if (in.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = broadcast(SPECIES, 0f);
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector infinity = broadcast(SPECIES, Float.POSITIVE_INFINITY);
    FloatVector min = broadcast(SPECIES, ScalarMath.EXP_MIN);
    FloatVector max = broadcast(SPECIES, ScalarMath.EXP_MAX);
    FloatVector round = broadcast(SPECIES, ScalarMath.ROUND_TO_INTEGER);
    FloatVector log2e = broadcast(SPECIES, ScalarMath.LOG2_E);
    FloatVector ln2High = broadcast(SPECIES, -ScalarMath.LN2_HIGH);
    FloatVector ln2Low = broadcast(SPECIES, -ScalarMath.LN2_LOW);
    FloatVector p0 = broadcast(SPECIES, ScalarMath.EXP_P0);
    FloatVector p1 = broadcast(SPECIES, ScalarMath.EXP_P1);
    FloatVector p2 = broadcast(SPECIES, ScalarMath.EXP_P2);
    FloatVector p3 = broadcast(SPECIES, ScalarMath.EXP_P3);
    FloatVector p4 = broadcast(SPECIES, ScalarMath.EXP_P4);
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x = EXACT.cast(fromMemorySegment(SPECIES, in, inOffset + at, ORDER));
      FloatVector shifted = FMA ? x.fma(log2e, round) : x.mul(log2e).add(round);
      FloatVector k = shifted.sub(round);
      FloatVector r = FMA ? k.fma(ln2High, x) : k.mul(ln2High).add(x);
      r = FMA ? k.fma(ln2Low, r) : k.mul(ln2Low).add(r);
      FloatVector polynomial =
          FMA
              ? r.fma(p4, p3).fma(r, p2).fma(r, p1).fma(r, p0)
              : r.mul(p4).add(p3).mul(r).add(p2).mul(r).add(p1).mul(r).add(p0);
      FloatVector p =
          FMA ? polynomial.fma(r, one).fma(r, one) : polynomial.mul(r).add(one).mul(r).add(one);
      IntVector exponent =
          EXACT_INTS.cast(shifted.reinterpretAsInts()).lanewise(LSHL, ScalarMath.EXPONENT_SHIFT);
      FloatVector e =
          EXACT.cast(EXACT_INTS.cast(p.reinterpretAsInts()).add(exponent).reinterpretAsFloats());
      e = e.blend(zero, x.compare(LT, min));
      FloatVector y = x.add(infinity).blend(e, x.compare(LE, max));
      y.intoMemorySegment(out, outOffset + at, ORDER);
    }
  }

  /** ELU. */
  private static void expm1(
      MemorySegment in, long inOffset, MemorySegment out, long outOffset, long end) {
    if (in.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = broadcast(SPECIES, 0f);
    FloatVector half = broadcast(SPECIES, 0.5f);
    FloatVector minusOne = broadcast(SPECIES, -1f);
    FloatVector infinity = broadcast(SPECIES, Float.POSITIVE_INFINITY);
    FloatVector min = broadcast(SPECIES, ScalarMath.EXPM1_MIN);
    FloatVector max = broadcast(SPECIES, ScalarMath.EXP_MAX);
    FloatVector alpha = broadcast(SPECIES, ALPHA);
    FloatVector round =
        broadcast(SPECIES, ScalarMath.ROUND_TO_INTEGER + ScalarMath.HALF_EXPONENT_BIAS);
    FloatVector log2e = broadcast(SPECIES, ScalarMath.LOG2_E);
    FloatVector ln2High = broadcast(SPECIES, -ScalarMath.LN2_HIGH);
    FloatVector ln2Low = broadcast(SPECIES, -ScalarMath.LN2_LOW);
    FloatVector p0 = broadcast(SPECIES, ScalarMath.EXP_P0);
    FloatVector p1 = broadcast(SPECIES, ScalarMath.EXP_P1);
    FloatVector p2 = broadcast(SPECIES, ScalarMath.EXP_P2);
    FloatVector p3 = broadcast(SPECIES, ScalarMath.EXP_P3);
    FloatVector p4 = broadcast(SPECIES, ScalarMath.EXP_P4);
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x = EXACT.cast(fromMemorySegment(SPECIES, in, inOffset + at, ORDER));
      FloatVector shifted = FMA ? x.fma(log2e, round) : x.mul(log2e).add(round);
      FloatVector k = shifted.sub(round);
      FloatVector r = FMA ? k.fma(ln2High, x) : k.mul(ln2High).add(x);
      r = FMA ? k.fma(ln2Low, r) : k.mul(ln2Low).add(r);
      FloatVector polynomial =
          FMA
              ? r.fma(p4, p3).fma(r, p2).fma(r, p1).fma(r, p0)
              : r.mul(p4).add(p3).mul(r).add(p2).mul(r).add(p1).mul(r).add(p0);
      FloatVector q = FMA ? r.mul(r).fma(polynomial, r) : r.mul(r).mul(polynomial).add(r);
      FloatVector scale =
          EXACT.cast(
              EXACT_INTS
                  .cast(shifted.reinterpretAsInts())
                  .lanewise(LSHL, ScalarMath.EXPONENT_SHIFT)
                  .reinterpretAsFloats());
      FloatVector rest = scale.sub(half);
      FloatVector halved = FMA ? scale.fma(q, rest) : scale.mul(q).add(rest);
      FloatVector y = halved.add(halved).blend(minusOne, x.compare(LT, min));
      y = y.blend(infinity, x.compare(GT, max)).mul(alpha).blend(x, x.compare(GT, zero));
      y.intoMemorySegment(out, outOffset + at, ORDER);
    }
  }

  /** SOFTPLUS. */
  private static void softplus(
      MemorySegment in, long inOffset, MemorySegment out, long outOffset, long end) {
    if (in.getClass() != NATIVE || out.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = broadcast(SPECIES, 0f);
    FloatVector one = broadcast(SPECIES, 1f);
    FloatVector min = broadcast(SPECIES, ScalarMath.EXP_MIN);
    FloatVector beta = broadcast(SPECIES, ALPHA);
    FloatVector threshold = broadcast(SPECIES, BETA);
    FloatVector round = broadcast(SPECIES, ScalarMath.ROUND_TO_INTEGER);
    FloatVector log2e = broadcast(SPECIES, ScalarMath.LOG2_E);
    FloatVector ln2High = broadcast(SPECIES, -ScalarMath.LN2_HIGH);
    FloatVector ln2Low = broadcast(SPECIES, -ScalarMath.LN2_LOW);
    FloatVector p0 = broadcast(SPECIES, ScalarMath.EXP_P0);
    FloatVector p1 = broadcast(SPECIES, ScalarMath.EXP_P1);
    FloatVector p2 = broadcast(SPECIES, ScalarMath.EXP_P2);
    FloatVector p3 = broadcast(SPECIES, ScalarMath.EXP_P3);
    FloatVector p4 = broadcast(SPECIES, ScalarMath.EXP_P4);
    FloatVector n0 = broadcast(SPECIES, ScalarMath.LOG1P_P0);
    FloatVector n1 = broadcast(SPECIES, ScalarMath.LOG1P_P1);
    FloatVector n2 = broadcast(SPECIES, ScalarMath.LOG1P_P2);
    FloatVector q1 = broadcast(SPECIES, ScalarMath.LOG1P_Q1);
    FloatVector q2 = broadcast(SPECIES, ScalarMath.LOG1P_Q2);
    FloatVector q3 = broadcast(SPECIES, ScalarMath.LOG1P_Q3);
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector x = EXACT.cast(fromMemorySegment(SPECIES, in, inOffset + at, ORDER));
      FloatVector scaled = x.mul(beta);
      FloatVector z = scaled.abs().neg();
      FloatVector shifted = FMA ? z.fma(log2e, round) : z.mul(log2e).add(round);
      FloatVector k = shifted.sub(round);
      FloatVector r = FMA ? k.fma(ln2High, z) : k.mul(ln2High).add(z);
      r = FMA ? k.fma(ln2Low, r) : k.mul(ln2Low).add(r);
      FloatVector polynomial =
          FMA
              ? r.fma(p4, p3).fma(r, p2).fma(r, p1).fma(r, p0)
              : r.mul(p4).add(p3).mul(r).add(p2).mul(r).add(p1).mul(r).add(p0);
      FloatVector p =
          FMA ? polynomial.fma(r, one).fma(r, one) : polynomial.mul(r).add(one).mul(r).add(one);
      IntVector exponent =
          EXACT_INTS.cast(shifted.reinterpretAsInts()).lanewise(LSHL, ScalarMath.EXPONENT_SHIFT);
      FloatVector e =
          EXACT.cast(EXACT_INTS.cast(p.reinterpretAsInts()).add(exponent).reinterpretAsFloats());
      e = e.blend(zero, z.compare(LT, min));
      FloatVector numerator = FMA ? e.fma(n2, n1).fma(e, n0) : e.mul(n2).add(n1).mul(e).add(n0);
      FloatVector denominator =
          FMA
              ? e.fma(q3, q2).fma(e, q1).fma(e, one)
              : e.mul(q3).add(q2).mul(e).add(q1).mul(e).add(one);
      FloatVector quotient = numerator.div(denominator);
      FloatVector log1p = FMA ? e.mul(e).fma(quotient, e) : e.mul(e).mul(quotient).add(e);
      FloatVector soft = scaled.blend(zero, scaled.compare(LT, zero)).add(log1p).div(beta);
      soft.blend(x, scaled.compare(GT, threshold)).intoMemorySegment(out, outOffset + at, ORDER);
    }
  }
}
