// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.List;

/**
 * What is read over time from the last recurrent part of a network, before the layers that follow
 * it. The formulas are those of {@link org.lstm4j.engine.Layer.Readout}.
 */
public sealed interface ReadOption {
  /** Every time step: an output for each. */
  record All() implements ReadOption {}

  /** The output at the last time step, {@code out[-1]}. */
  record Last() implements ReadOption {}

  /** The final hidden state {@code h_n} of every direction of the last layer, concatenated. */
  record Final() implements ReadOption {}

  /** The maximum of every feature over time. */
  record Max() implements ReadOption {}

  /** The mean of every feature over time. */
  record Mean() implements ReadOption {}

  /** Attention pooling; the modules right after the recurrent part give the scores. */
  record Attention() implements ReadOption {}

  /**
   * The mean weighted by factor^age.
   *
   * @param factor in (0, 1]
   */
  record Decay(float factor) implements ReadOption {
    /** Checks the factor. */
    public Decay {
      if (!(factor > 0 && factor <= 1)) {
        throw new IllegalArgumentException("a decay factor lies in (0, 1], not " + factor);
      }
    }
  }

  /**
   * The sum weighted by age.
   *
   * @param weightsByAge the newest time step's first; older ones count nothing
   */
  record Weights(List<Float> weightsByAge) implements ReadOption {
    /** Copies the weights. */
    public Weights {
      weightsByAge = List.copyOf(weightsByAge);
      if (weightsByAge.isEmpty()) {
        throw new IllegalArgumentException("weights over time need at least one weight");
      }
    }
  }
}
