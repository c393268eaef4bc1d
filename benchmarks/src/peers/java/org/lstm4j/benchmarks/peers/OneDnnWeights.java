// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.peers;

import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;

/**
 * One weight matrix of an LSTM that learns. Weights are kept in the layout of their gradient, where
 * an optimizer needs no other, and go to those of forward and backward in each call, which needs no
 * work where they are the same.
 */
final class OneDnnWeights {
  private final memory.desc given;
  private final OneDnnMemory space;
  private final memory weights;
  private final memory forward;
  private final memory backward;
  private final memory gradient;
  private final reorder toForward;
  private final reorder toBackward;

  /**
   * Lays out a matrix.
   *
   * @param values [4 * hidden size, columns]
   */
  OneDnnWeights(
      OneDnnMemory space,
      float[] values,
      int hiddenSize,
      memory.desc forwardLayout,
      memory.desc backwardLayout,
      memory.desc gradientLayout) {
    this.space = space;
    int columns = values.length / (4 * hiddenSize);
    given = OneDnnMemory.desc(memory.format_tag.ldgoi, 1, 1, columns, 4, hiddenSize);
    weights = space.reordered(space.filled(given, values), gradientLayout);
    gradient = space.zeros(gradientLayout);
    forward = forwardLayout.equals(gradientLayout) ? weights : space.zeros(forwardLayout);
    backward = backwardLayout.equals(gradientLayout) ? weights : space.zeros(backwardLayout);
    toForward = space.keep(new reorder(weights, forward));
    toBackward = space.keep(new reorder(weights, backward));
  }

  void refresh(stream queue) {
    if (!forward.equals(weights)) {
      toForward.execute(queue, weights, forward);
    }
    if (!backward.equals(weights)) {
      toBackward.execute(queue, weights, backward);
    }
  }

  memory forward() {
    return forward;
  }

  memory backward() {
    return backward;
  }

  memory gradient() {
    return gradient;
  }

  float[] gradientValues(int elements) {
    float[] values = new float[elements];
    OneDnnMemory.read(space.reordered(gradient, given), values);
    return values;
  }
}
