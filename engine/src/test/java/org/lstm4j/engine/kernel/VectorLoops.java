// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.util.function.BiConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Applies a function of VectorMath to an array: y = f(x), one loop a function over a species that
 * is a static final, as kernels have it. Lengths are multiples of 16.
 *
 * <p>Apart from the tests, whose own methods may not mention vector types: JUnit could not even
 * look at them in a JVM without the vector module.
 */
public final class VectorLoops implements BiConsumer<float[], float[]> {

  private static final VectorSpecies<Float> SPECIES = species();

  private final ElementaryFunction function;

  /**
   * @param function the name of an {@link ElementaryFunction}
   */
  public VectorLoops(String function) {
    this.function = ElementaryFunction.valueOf(function);
  }

  /** The lanes that {@link FreshClasses} asks for, else the preferred ones. */
  private static VectorSpecies<Float> species() {
    int lanes = FreshClasses.lanes(VectorLoops.class.getClassLoader());
    return lanes == 0 ? FloatVector.SPECIES_PREFERRED : Vectors.species(lanes);
  }

  static int preferredLanes() {
    return FloatVector.SPECIES_PREFERRED.length();
  }

  @Override
  public void accept(float[] x, float[] y) {
    switch (function) {
      case TANH -> tanh(x, y);
      case SIGMOID -> sigmoid(x, y);
      case ERF -> erf(x, y);
      case EXP -> exp(x, y);
      case EXPM1 -> expm1(x, y);
      case LOG -> log(x, y);
      case SOFTPLUS -> softplus(x, y);
    }
  }

  private static void tanh(float[] x, float[] y) {
    for (int i = 0; i < x.length; i += SPECIES.length()) {
      VectorMath.tanh(FloatVector.fromArray(SPECIES, x, i)).intoArray(y, i);
    }
  }

  private static void sigmoid(float[] x, float[] y) {
    for (int i = 0; i < x.length; i += SPECIES.length()) {
      VectorMath.sigmoid(FloatVector.fromArray(SPECIES, x, i)).intoArray(y, i);
    }
  }

  private static void erf(float[] x, float[] y) {
    for (int i = 0; i < x.length; i += SPECIES.length()) {
      VectorMath.erf(FloatVector.fromArray(SPECIES, x, i)).intoArray(y, i);
    }
  }

  private static void exp(float[] x, float[] y) {
    for (int i = 0; i < x.length; i += SPECIES.length()) {
      VectorMath.exp(FloatVector.fromArray(SPECIES, x, i)).intoArray(y, i);
    }
  }

  private static void expm1(float[] x, float[] y) {
    for (int i = 0; i < x.length; i += SPECIES.length()) {
      VectorMath.expm1(FloatVector.fromArray(SPECIES, x, i)).intoArray(y, i);
    }
  }

  private static void log(float[] x, float[] y) {
    for (int i = 0; i < x.length; i += SPECIES.length()) {
      VectorMath.log(FloatVector.fromArray(SPECIES, x, i)).intoArray(y, i);
    }
  }

  private static void softplus(float[] x, float[] y) {
    for (int i = 0; i < x.length; i += SPECIES.length()) {
      VectorMath.softplus(FloatVector.fromArray(SPECIES, x, i)).intoArray(y, i);
    }
  }
}
