// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.bench;

import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Parameter;
import org.lstm4j.engine.WeightStorage;

/**
 * Counts the bytes of weights that must be read, padding not counted. A recurrent weight is needed
 * at every time step; one that only meets the inputs of a known sequence is read once for all time
 * steps that are computed together. Of an embedding a step reads a row for each batch row.
 */
final class WeightTraffic {
  private final Network network;
  private final WeightStorage storage;
  private final int batch;
  private final int stepsTogether;

  /**
   * The traffic of a network that runs so.
   *
   * @param stepsTogether time steps that are computed together, 1 for {@code step}
   */
  WeightTraffic(Network network, int batch, int stepsTogether) {
    this.network = network;
    this.storage = network.weights();
    this.batch = batch;
    this.stepsTogether = stepsTogether;
  }

  /** Bytes that one time step must read. */
  double bytesPerStep() {
    return network.layers().stream().mapToDouble(this::bytesPerStep).sum();
  }

  /**
   * Bytes that are read over and over before others are: all that a step reads, or, where a known
   * sequence runs through one layer after the other, the largest recurrent matrix.
   */
  long workingSet() {
    return stepsTogether == 1
        ? (long) bytesPerStep()
        : network.parameters().stream()
            .filter(WeightTraffic::isRecurrent)
            .mapToLong(this::bytes)
            .max()
            .orElse(0);
  }

  private double bytesPerStep(Layer layer) {
    return switch (layer) {
      case Layer.Embedding embedding -> (double) Float.BYTES * embedding.embeddingDim() * batch;
      default -> layer.parameters().stream().mapToDouble(this::bytesPerStep).sum();
    };
  }

  private double bytesPerStep(Parameter parameter) {
    return (double) bytes(parameter) / (isRecurrent(parameter) ? 1 : stepsTogether);
  }

  /** Matrices are stored as was chosen, with a scale for each row of integers; biases never are. */
  private long bytes(Parameter parameter) {
    if (parameter.shape().size() != 2) {
      return Float.BYTES * parameter.size();
    }
    long scales = storage == WeightStorage.INT8 ? Float.BYTES * parameter.shape().getFirst() : 0;
    return storage.bytesPerWeight() * parameter.size() + scales;
  }

  private static boolean isRecurrent(Parameter parameter) {
    String kind = parameter.name().substring(parameter.name().lastIndexOf('.') + 1);
    return kind.startsWith("weight_hh") || kind.startsWith("weight_hr");
  }
}
