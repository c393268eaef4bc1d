// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.Tensor;

/** Draws the weights of an {@link Initialization}; used once. */
final class WeightDraw {
  private final Initialization initialization;
  private final RandomGenerator random;

  WeightDraw(Initialization initialization, long seed) {
    this.initialization = initialization;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  Map<String, Tensor> draw(List<Layer> layers) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Layer layer : layers) {
      for (Layer leaf : layer.leaves()) {
        draw(leaf, tensors);
      }
    }
    return tensors;
  }

  private void draw(Layer layer, Map<String, Tensor> tensors) {
    if (layer instanceof Layer.AttentionOverTime attention) {
      draw(attention.hidden(), tensors);
      draw(attention.score(), tensors);
      return;
    }
    for (Parameter parameter : layer.parameters()) {
      MemorySegment values = Arena.ofAuto().allocate(parameter.size() * Float.BYTES, 64);
      fill(initialization, layer, parameter, values);
      tensors.put(parameter.name(), Tensor.wrap(values, parameter.shapeArray()));
    }
  }

  private void fill(Initialization how, Layer layer, Parameter parameter, MemorySegment values) {
    boolean isBias = localName(parameter).startsWith("bias");
    if (layer instanceof Layer.LayerNorm) {
      constant(values, 0, values.byteSize() / Float.BYTES, isBias ? 0 : 1);
      return;
    }
    switch (how) {
      case Initialization.PyTorch _ -> pyTorch(layer, values);
      case Initialization.Normal normal -> {
        if (!isBias) {
          normal(values, normal.deviation());
        }
      }
      case Initialization.Uniform uniform -> uniform(values, uniform.bound());
      case Initialization.ForgetGateBias forget -> {
        fill(forget.others(), layer, parameter, values);
        if (isBias && layer instanceof Layer.Lstm lstm) {
          boolean isFirst = localName(parameter).startsWith("bias_ih");
          int units = lstm.hiddenSize();
          // The gates are i, f, g, o; b_ih and b_hh are added.
          constant(values, units, 2L * units, isFirst ? (float) forget.bias() : 0);
        }
      }
      case Initialization.Chrono chrono -> {
        fill(chrono.others(), layer, parameter, values);
        if (isBias && layer instanceof Layer.Lstm lstm) {
          boolean isFirst = localName(parameter).startsWith("bias_ih");
          chrono(values, lstm.hiddenSize(), isFirst ? chrono.maxSteps() : 2);
        }
      }
    }
  }

  private static String localName(Parameter parameter) {
    return parameter.name().substring(parameter.name().lastIndexOf('.') + 1);
  }

  private void pyTorch(Layer layer, MemorySegment values) {
    switch (layer) {
      case Layer.Recurrent recurrent ->
          uniform(values, 1 / Math.sqrt((double) recurrent.hiddenSize()));
      case Layer.Linear linear -> uniform(values, 1 / Math.sqrt((double) linear.inFeatures()));
      case Layer.Embedding _ -> normal(values, 1);
      default -> throw new IllegalArgumentException("no initialisation is known for " + layer);
    }
  }

  /** The biases of input and forget gates; of two time steps they are 0. */
  private void chrono(MemorySegment values, int units, int maxSteps) {
    for (int unit = 0; unit < units; unit++) {
      // StrictMath, for the same weights on every machine.
      float bias = (float) StrictMath.log(1 + random.nextDouble() * (maxSteps - 2));
      values.setAtIndex(JAVA_FLOAT, unit, -bias);
      values.setAtIndex(JAVA_FLOAT, units + unit, bias);
    }
  }

  private static void constant(MemorySegment values, long from, long end, float value) {
    for (long i = from; i < end; i++) {
      values.setAtIndex(JAVA_FLOAT, i, value);
    }
  }

  private void uniform(MemorySegment values, double bound) {
    for (long i = 0; i < values.byteSize() / Float.BYTES; i++) {
      values.setAtIndex(JAVA_FLOAT, i, (float) ((2 * random.nextDouble() - 1) * bound));
    }
  }

  private void normal(MemorySegment values, double deviation) {
    for (long i = 0; i < values.byteSize() / Float.BYTES; i++) {
      values.setAtIndex(JAVA_FLOAT, i, (float) (deviation * gaussian()));
    }
  }

  /**
   * A normal number by Marsaglia's polar method, in arithmetic that is the same on every machine;
   * nextGaussian promises nothing about its.
   */
  private double gaussian() {
    double x;
    double square;
    do {
      x = 2 * random.nextDouble() - 1;
      double y = 2 * random.nextDouble() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    return x * Math.sqrt(-2 * StrictMath.log(square) / square);
  }
}
