// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

/** What a network is given at each time step. */
public sealed interface InputOption {
  /** A vector of features. */
  record Vector() implements InputOption {}

  /** The index of a row of the embedding that the network begins with. */
  record Index() implements InputOption {}

  /**
   * An index that becomes a vector of zeros with a one at the index.
   *
   * @param classes the length of that vector
   */
  record OneHot(int classes) implements InputOption {
    /** Checks the number of classes. */
    public OneHot {
      if (classes <= 0) {
        throw new IllegalArgumentException("one-hot needs classes > 0, not " + classes);
      }
    }
  }
}
