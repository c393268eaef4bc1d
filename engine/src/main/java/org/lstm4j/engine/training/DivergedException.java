// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.training;

/**
 * Training has diverged: a loss or a gradient is NaN or infinite. The weights are those from before
 * the window that showed it.
 */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DivergedException(String message) {
    super(message);
  }
}
