// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.training;

/** Why a run ended. */
public enum Ending {
  /** All epochs are done. */
  EPOCHS_DONE,
  /** The loss has reached its goal. */
  GOAL_REACHED,
  /** The loss has not become lower for as many epochs as patience allows. */
  NO_LONGER_BETTER,
  /** Somebody asked it to end; it can go on from its checkpoint. */
  INTERRUPTED
}
