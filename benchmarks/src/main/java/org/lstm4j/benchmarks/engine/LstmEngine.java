// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.engine;

/** One LSTM, loaded into one engine. Used by one thread. */
public interface LstmEngine extends AutoCloseable {
  /**
   * Goes on from the state that the call before left; at first it is zeros.
   *
   * @param x [time step, batch, feature]
   * @param y receives [time step, batch, feature]
   */
  void run(float[] x, float[] y);

  @Override
  void close();
}
