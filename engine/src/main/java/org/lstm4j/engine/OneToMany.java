// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine;

/**
 * How one input vector becomes a sequence: the one-to-many networks. A network without one takes an
 * input at every time step.
 *
 * @param mode what the time steps after the first are given
 * @param steps how many time steps the network was made for; {@link Session#run} may ask for
 *     another number
 */
public record OneToMany(Mode mode, int steps) {
  /** What the time steps after the first are given. */
  public enum Mode {
    /** The same vector at every step. */
    REPEAT,
    /** The vector at the first step, zeros after it. */
    ZEROS,
    /** The output of each step as the input of the next. */
    FEEDBACK
  }

  /** Checks the number of steps. */
  public OneToMany {
    if (steps <= 0) {
      throw new IllegalArgumentException("a one-to-many network needs steps > 0, not " + steps);
    }
  }
}
