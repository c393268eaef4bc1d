// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.lstm4j.engine.kernel.NumericClass.FMA;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector kernel of {@link ParameterUpdate}; a template that {@link Specialization} defines once
 * for each shape. What is behind the last whole vector is its twin's.
 */
final class VectorParameterUpdate implements ParameterUpdate {
  private static final Shape SHAPE = Specialization.shape(MethodHandles.lookup(), Shape.class);
  private static final VectorSpecies<Float> SPECIES = Vectors.species(SHAPE.lanes());
  private static final Class<? extends FloatVector> EXACT = Vectors.exact(SPECIES);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final Class<?> NATIVE = Vectors.NATIVE;

  private static final Rule RULE = SHAPE.rule();
  private static final boolean HAS_WEIGHT_DECAY = SHAPE.weightDecay();
  private static final boolean HAS_MOMENTUM = SHAPE.momentum();
  private static final boolean NESTEROV = SHAPE.nesterov();
  private static final boolean CENTERED = SHAPE.centered();
  private static final boolean AMSGRAD = SHAPE.amsgrad();
  private static final int LANES = SHAPE.lanes();
  private static final long VECTOR = (long) LANES * Float.BYTES;

  private final ParameterUpdate rest = new ScalarParameterUpdate(SHAPE);

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
    long whole = from + (end - from) / LANES * LANES;
    long start = from * Float.BYTES;
    long stop = whole * Float.BYTES;
    switch (RULE) {
      case SGD -> sgd(values, gradients, first, coefficients, start, stop);
      case RMS_PROP -> rmsProp(values, gradients, first, second, third, coefficients, start, stop);
      case ADAM -> adam(values, gradients, first, second, third, coefficients, start, stop);
    }
    rest.apply(values, gradients, first, second, third, coefficients, whole, end);
  }

  private static void sgd(
      MemorySegment values,
      MemorySegment gradients,
      MemorySegment momenta,
      float[] c,
      long start,
      long stop) {
    if (values.getClass() != NATIVE
        || gradients.getClass() != NATIVE
        || momenta.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    FloatVector rate = broadcast(SPECIES, c[RATE]);
    FloatVector weightDecay = broadcast(SPECIES, c[WEIGHT_DECAY]);
    FloatVector decay = broadcast(SPECIES, c[DECAY]);
    FloatVector share = broadcast(SPECIES, c[SHARE]);
    FloatVector momentum = broadcast(SPECIES, c[MOMENTUM]);
    for (long at = start; at < stop; at += VECTOR) {
      FloatVector value = EXACT.cast(fromMemorySegment(SPECIES, values, at, ORDER));
      FloatVector gradient = EXACT.cast(fromMemorySegment(SPECIES, gradients, at, ORDER));
      if (HAS_WEIGHT_DECAY) {
        gradient = FMA ? value.fma(weightDecay, gradient) : value.mul(weightDecay).add(gradient);
      }
      FloatVector direction = gradient;
      if (HAS_MOMENTUM) {
        FloatVector left = EXACT.cast(fromMemorySegment(SPECIES, momenta, at, ORDER)).mul(decay);
        FloatVector sum = FMA ? gradient.fma(share, left) : gradient.mul(share).add(left);
        direction = sum.blend(zero, sum.abs().compare(LT, minNormal));
        direction.intoMemorySegment(momenta, at, ORDER);
      }
      if (NESTEROV) {
        direction = FMA ? direction.fma(momentum, gradient) : direction.mul(momentum).add(gradient);
      }
      FloatVector changed = FMA ? direction.fma(rate, value) : direction.mul(rate).add(value);
      changed.intoMemorySegment(values, at, ORDER);
    }
  }

  private static void rmsProp(
      MemorySegment values,
      MemorySegment gradients,
      MemorySegment squares,
      MemorySegment momenta,
      MemorySegment averages,
      float[] c,
      long start,
      long stop) {
    if (values.getClass() != NATIVE
        || gradients.getClass() != NATIVE
        || squares.getClass() != NATIVE
        || momenta.getClass() != NATIVE
        || averages.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    FloatVector rate = broadcast(SPECIES, c[RATE]);
    FloatVector weightDecay = broadcast(SPECIES, c[WEIGHT_DECAY]);
    FloatVector decay = broadcast(SPECIES, c[SQUARE_DECAY]);
    FloatVector share = broadcast(SPECIES, c[SQUARE_SHARE]);
    FloatVector eps = broadcast(SPECIES, c[EPS]);
    FloatVector momentum = broadcast(SPECIES, c[MOMENTUM]);
    for (long at = start; at < stop; at += VECTOR) {
      FloatVector value = EXACT.cast(fromMemorySegment(SPECIES, values, at, ORDER));
      FloatVector gradient = EXACT.cast(fromMemorySegment(SPECIES, gradients, at, ORDER));
      if (HAS_WEIGHT_DECAY) {
        gradient = FMA ? value.fma(weightDecay, gradient) : value.mul(weightDecay).add(gradient);
      }
      FloatVector part = gradient.mul(share);
      FloatVector left = EXACT.cast(fromMemorySegment(SPECIES, squares, at, ORDER)).mul(decay);
      FloatVector variance = FMA ? part.fma(gradient, left) : part.mul(gradient).add(left);
      variance.intoMemorySegment(squares, at, ORDER);
      if (CENTERED) {
        FloatVector leftOfMean =
            EXACT.cast(fromMemorySegment(SPECIES, averages, at, ORDER)).mul(decay);
        FloatVector mean = FMA ? gradient.fma(share, leftOfMean) : part.add(leftOfMean);
        mean = mean.blend(zero, mean.abs().compare(LT, minNormal));
        mean.intoMemorySegment(averages, at, ORDER);
        variance = FMA ? mean.neg().fma(mean, variance) : mean.neg().mul(mean).add(variance);
      }
      FloatVector divisor = variance.sqrt().add(eps);
      FloatVector changed;
      if (HAS_MOMENTUM) {
        FloatVector sum = EXACT.cast(fromMemorySegment(SPECIES, momenta, at, ORDER)).mul(momentum);
        sum = sum.add(gradient.div(divisor));
        sum = sum.blend(zero, sum.abs().compare(LT, minNormal));
        sum.intoMemorySegment(momenta, at, ORDER);
        changed = FMA ? sum.fma(rate, value) : sum.mul(rate).add(value);
      } else {
        changed = value.add(gradient.mul(rate).div(divisor));
      }
      changed.intoMemorySegment(values, at, ORDER);
    }
  }

  private static void adam(
      MemorySegment values,
      MemorySegment gradients,
      MemorySegment averages,
      MemorySegment squares,
      MemorySegment largest,
      float[] c,
      long start,
      long stop) {
    if (values.getClass() != NATIVE
        || gradients.getClass() != NATIVE
        || averages.getClass() != NATIVE
        || squares.getClass() != NATIVE
        || largest.getClass() != NATIVE) {
      throw Vectors.notNative();
    }
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector minNormal = broadcast(SPECIES, Float.MIN_NORMAL);
    FloatVector rate = broadcast(SPECIES, c[RATE]);
    FloatVector weightDecay = broadcast(SPECIES, c[WEIGHT_DECAY]);
    FloatVector keep = broadcast(SPECIES, c[KEEP]);
    FloatVector decay = broadcast(SPECIES, c[DECAY]);
    FloatVector share = broadcast(SPECIES, c[SHARE]);
    FloatVector squareDecay = broadcast(SPECIES, c[SQUARE_DECAY]);
    FloatVector squareShare = broadcast(SPECIES, c[SQUARE_SHARE]);
    FloatVector eps = broadcast(SPECIES, c[EPS]);
    FloatVector root = broadcast(SPECIES, c[ROOT]);
    for (long at = start; at < stop; at += VECTOR) {
      FloatVector value = EXACT.cast(fromMemorySegment(SPECIES, values, at, ORDER));
      FloatVector gradient = EXACT.cast(fromMemorySegment(SPECIES, gradients, at, ORDER));
      if (HAS_WEIGHT_DECAY) {
        gradient = FMA ? value.fma(weightDecay, gradient) : value.mul(weightDecay).add(gradient);
      }
      FloatVector left = EXACT.cast(fromMemorySegment(SPECIES, averages, at, ORDER)).mul(decay);
      FloatVector mean = FMA ? gradient.fma(share, left) : gradient.mul(share).add(left);
      mean = mean.blend(zero, mean.abs().compare(LT, minNormal));
      mean.intoMemorySegment(averages, at, ORDER);
      FloatVector part = gradient.mul(squareShare);
      FloatVector leftOfSquare =
          EXACT.cast(fromMemorySegment(SPECIES, squares, at, ORDER)).mul(squareDecay);
      FloatVector square =
          FMA ? part.fma(gradient, leftOfSquare) : part.mul(gradient).add(leftOfSquare);
      square.intoMemorySegment(squares, at, ORDER);
      if (AMSGRAD) {
        square = EXACT.cast(fromMemorySegment(SPECIES, largest, at, ORDER)).max(square);
        square.intoMemorySegment(largest, at, ORDER);
      }
      FloatVector divisor = square.sqrt().div(root).add(eps);
      value.mul(keep).add(mean.mul(rate).div(divisor)).intoMemorySegment(values, at, ORDER);
    }
  }
}
