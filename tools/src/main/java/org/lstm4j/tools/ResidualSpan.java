// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import java.util.Objects;

/**
 * A residual connection: what a module is given is added to what a module behind it, or the same,
 * gives.
 *
 * @param first the name of the module whose input is added
 * @param last the name of the module to whose output it is added, behind its activation function
 */
public record ResidualSpan(String first, String last) {
  /** Checks that nothing is missing. */
  public ResidualSpan {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(last, "last");
  }
}
