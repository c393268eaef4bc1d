// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link Elementwise}; a template that {@link Specialization} defines once for
 * each function. Formulas as in {@link ScalarElementwise}.
 */
final class VectorElementwise implements Elementwise {
  private static final Shape SHAPE = Specialization.shape(MethodHandles.lookup(), Shape.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(SHAPE.lanes());
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private static final Function FUNCTION = SHAPE.function();
  private static final float ALPHA = SHAPE.alpha();
  private static final float BETA = SHAPE.beta();

  @Override
  public void apply(MemorySegment in, long inOffset, MemorySegment out, long outOffset, int n) {
    int vectors = (n + SPECIES.length() - 1) / SPECIES.length();
    for (int v = 0; v < vectors; v++) {
      long place = (long) v * SPECIES.vectorByteSize();
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, in, inOffset + place, ORDER);
      value(x).intoMemorySegment(out, outOffset + place, ORDER);
    }
  }

  /** A chain of comparisons with a constant, of which one remains; javac's switch would stay. */
  private static FloatVector value(FloatVector x) {
    if (FUNCTION == Function.SIGMOID) {
      return VectorMath.sigmoid(x);
    }
    if (FUNCTION == Function.TANH) {
      return VectorMath.tanh(x);
    }
    if (FUNCTION == Function.RELU) {
      return x.blend(0f, x.compare(LT, 0f));
    }
    if (FUNCTION == Function.LEAKY_RELU) {
      return x.mul(ALPHA).blend(x, x.compare(GT, 0f));
    }
    if (FUNCTION == Function.ELU) {
      return VectorMath.expm1(x).mul(ALPHA).blend(x, x.compare(GT, 0f));
    }
    if (FUNCTION == Function.GELU) {
      return x.mul(0.5f).mul(VectorMath.erf(x.mul(ScalarElementwise.SQRT_HALF)).add(1f));
    }
    if (FUNCTION == Function.GELU_TANH) {
      FloatVector inner = VectorMath.fma(x.mul(ScalarElementwise.GELU_CUBIC).mul(x), x, x);
      return x.mul(0.5f).mul(VectorMath.tanh(inner.mul(ScalarElementwise.GELU_SCALE)).add(1f));
    }
    if (FUNCTION == Function.SILU) {
      return x.mul(VectorMath.sigmoid(x));
    }
    if (FUNCTION == Function.SOFTPLUS) {
      FloatVector scaled = x.mul(ALPHA);
      FloatVector soft = VectorMath.softplus(scaled).div(ALPHA);
      return soft.blend(x, scaled.compare(GT, BETA));
    }
    return VectorMath.exp(x);
  }
}
