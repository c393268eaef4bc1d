// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks;

import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.WeightSource;

/** Networks with weights as PyTorch initialises them, from a fixed seed. */
final class RandomNetworks {
  private RandomNetworks() {}

  /**
   * One LSTM.
   *
   * @param size input size and hidden size, for example {@code 40x64}
   */
  static Network lstm(String size) {
    String[] parts = size.split("x", 2);
    int hiddenSize = Integer.parseInt(parts[1]);
    Layer.Lstm lstm = Layer.Lstm.of("lstm", Integer.parseInt(parts[0]), hiddenSize);
    // PyTorch draws from a uniform distribution over +-1 / sqrt(hidden size).
    float bound = (float) (1 / Math.sqrt(hiddenSize));
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    Map<String, Tensor> tensors = new HashMap<>();
    for (Parameter parameter : lstm.parameters()) {
      tensors.put(parameter.name(), uniform(parameter, bound, random));
    }
    return Network.builder().add(lstm).build(WeightSource.of(tensors));
  }

  private static Tensor uniform(Parameter parameter, float bound, RandomGenerator random) {
    float[] values = new float[Math.toIntExact(parameter.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat(-bound, bound);
    }
    return Tensor.of(values, parameter.shapeArray());
  }
}
