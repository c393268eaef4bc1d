// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.List;
import java.util.Map;

/** What recurrent layers start from where a file has parameters that may be learned states. */
public sealed interface InitialStateOption {
  /** Zeros; parameters that look like learned states are left out. */
  record Zeros() implements InitialStateOption {}

  /**
   * Parameters.
   *
   * @param tensors by the recurrent module's name: the name of h, and of an LSTM also that of c
   */
  record Learned(Map<String, List<String>> tensors) implements InitialStateOption {
    /** Copies the map. */
    public Learned {
      tensors = Map.copyOf(tensors);
    }
  }
}
