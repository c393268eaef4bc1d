// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

import org.lstm4j.engine.training.Window;

/**
 * What a run learns from, or is judged by, epoch by epoch.
 *
 * <p>An epoch's windows depend on its number and on nothing that happened before: an interrupted
 * run asks for the windows that were still to come, and gets the same. An instance belongs to one
 * thread at a time.
 */
public interface Windows {
  /**
   * Chooses the epoch that the other methods are about.
   *
   * @param epoch from 0
   * @return how many windows it has, at least 1
   */
  int begin(long epoch);

  /**
   * A window of the epoch.
   *
   * @param index from 0
   * @return the window, whose arrays may be used again by the next call
   */
  Window window(int index);

  /**
   * Whether a window begins new sequences, for which the recurrent state is reset. The first one of
   * an epoch always does, whatever this says.
   *
   * @param index from 0
   */
  boolean beginsSequences(int index);
}
