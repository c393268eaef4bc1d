// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

import java.util.Locale;

/**
 * Which recurrent cell runs. All are given the same weights, of which one with fewer gates takes
 * the first.
 */
public enum CellKind {
  /** Gates i, f, g, o. */
  LSTM(4),

  /** Gates r, z, n. */
  GRU(3),

  /** One tanh. */
  RNN(1);

  private final int gates;

  CellKind(int gates) {
    this.gates = gates;
  }

  /** {@return rows of the weight matrices, in hidden sizes} */
  public int gates() {
    return gates;
  }

  /** {@return the column of an engine that runs this cell: the LSTM needs no mention} */
  String column(String engine) {
    return this == LSTM ? engine : engine + " " + name().toLowerCase(Locale.ROOT);
  }
}
