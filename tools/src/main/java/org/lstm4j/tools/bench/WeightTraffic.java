// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;

/** Counts the bytes of weights that must be read. */
final class WeightTraffic {
  private WeightTraffic() {}

  /**
   * Bytes that one time step must read, padding not counted. A recurrent weight is needed at every
   * time step; one that only meets the inputs of a known sequence is read once for all time steps
   * that are computed together. Of an embedding a step reads a row for each batch row.
   *
   * @param stepsTogether time steps that are computed together, 1 for {@code step}
   */
  static double bytesPerStep(Network network, int batch, int stepsTogether) {
    return network.layers().stream().mapToDouble(layer -> bytes(layer, batch, stepsTogether)).sum();
  }

  /**
   * Bytes that are read over and over before others are: all that a step reads, or, where a known
   * sequence runs through one layer after the other, the largest recurrent matrix.
   *
   * @param stepsTogether as for {@link #bytesPerStep}
   */
  static long workingSet(Network network, int batch, int stepsTogether) {
    return stepsTogether == 1
        ? (long) bytesPerStep(network, batch, 1)
        : network.parameters().stream()
            .filter(WeightTraffic::isRecurrent)
            .mapToLong(parameter -> Float.BYTES * parameter.size())
            .max()
            .orElse(0);
  }

  private static double bytes(Layer layer, int batch, int stepsTogether) {
    return switch (layer) {
      case Layer.Embedding embedding -> (double) Float.BYTES * embedding.embeddingDim() * batch;
      default ->
          layer.parameters().stream()
              .mapToDouble(parameter ->
                  (double) Float.BYTES
                      * parameter.size()
                      / (isRecurrent(parameter) ? 1 : stepsTogether))
              .sum();
    };
  }

  private static boolean isRecurrent(Parameter parameter) {
    String kind = parameter.name().substring(parameter.name().lastIndexOf('.') + 1);
    return kind.startsWith("weight_hh") || kind.startsWith("weight_hr");
  }
}
