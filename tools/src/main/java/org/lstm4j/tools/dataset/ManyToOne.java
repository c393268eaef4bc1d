// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.dataset;

import java.util.ArrayList;
import java.util.List;
import org.lstm4j.engine.Layer;

/**
 * A network that reads a sequence and gives one vector: a recurrent part, what is read from it over
 * time, and a Linear.
 *
 * @param recurrent the recurrent part
 * @param readout what is read over time
 */
public record ManyToOne(RecurrentPart recurrent, Readout readout) {
  /** What is read over time; the formulas are those of {@link Layer.Readout}. */
  public enum Readout {
    /** The last time step; of two directions, the last that each of them gives. */
    LAST,
    /** The maximum of every feature. */
    MAX,
    /** The mean of every feature. */
    MEAN,
    /** The mean weighted by a score: softmax over time of v · tanh(W h + b). */
    ATTENTION
  }

  /**
   * The layers, named {@code rnn}, {@code attention} and {@code head}.
   *
   * @param inputSize features of a time step
   * @param outputSize features that come out
   * @throws IllegalArgumentException if a size is less than 1
   */
  public List<Layer> layers(int inputSize, int outputSize) {
    Layer first = recurrent.layer("rnn", inputSize);
    int size = first.outputSize();
    List<Layer> layers = new ArrayList<>();
    layers.add(first);
    switch (readout) {
      case LAST ->
          layers.add(
              recurrent.bidirectional() ? new Layer.ReadFinal(size) : new Layer.ReadLast(size));
      case MAX -> layers.add(new Layer.MaxOverTime(size));
      case MEAN -> layers.add(new Layer.MeanOverTime(size));
      case ATTENTION ->
          layers.add(
              new Layer.AttentionOverTime(
                  size,
                  new Layer.Linear("attention.hidden", size, size, true),
                  new Layer.Linear("attention.score", size, 1, false)));
    }
    layers.add(new Layer.Linear("head", size, outputSize, true));
    return List.copyOf(layers);
  }
}
