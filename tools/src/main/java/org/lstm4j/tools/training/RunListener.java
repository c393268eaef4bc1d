// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

/** Is told how far a run is, on the thread of the run. */
public interface RunListener {
  /**
   * A window has been learnt.
   *
   * @param progress where the run is now
   */
  void learnt(RunProgress progress);

  /**
   * An epoch has ended.
   *
   * @param result what it came to
   */
  void epochEnded(EpochResult result);
}
