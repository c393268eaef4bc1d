// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Pseudo-random weights, spread as PyTorch initialises them; the same for a seed everywhere. */
public final class RandomWeights {
  private RandomWeights() {}

  /** A network with such weights. */
  public static Network build(Network.Builder builder, long seed) {
    return builder.build(WeightSource.of(of(builder.parameters(), seed)));
  }

  /** Every parameter uniform within 1 / sqrt(columns) of zero; vectors within a quarter. */
  static Map<String, Tensor> of(List<Parameter> parameters, long seed) {
    Random random = new Random(seed);
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      List<Long> shape = parameter.shape();
      float bound = shape.size() == 2 ? (float) (1 / Math.sqrt(shape.get(1))) : 0.25f;
      float[] values = floats((int) parameter.size(), bound, random);
      weights.put(parameter.name(), Tensor.of(values, parameter.shapeArray()));
    }
    return weights;
  }

  /** A state of one batch row. */
  static State state(List<Layer> layers) {
    Random random = new Random(layers.size());
    State state = State.zeros(layers, 1);
    for (String layer : state.layers()) {
      fill(state.h(layer), random);
      if (state.hasCellState(layer)) {
        fill(state.c(layer), random);
      }
    }
    return state;
  }

  private static void fill(float[] values, Random random) {
    System.arraycopy(floats(values.length, 0.9f, random), 0, values, 0, values.length);
  }

  /** Floats uniform within a bound of zero. */
  static float[] floats(int count, float bound, Random random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = bound * (2 * random.nextFloat() - 1);
    }
    return values;
  }
}
