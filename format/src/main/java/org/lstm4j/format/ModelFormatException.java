// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import java.io.IOException;

/**
 * A file that cannot be read as what it should be. The message is one sentence: which file, what is
 * wrong with it, what to do.
 */
public final class ModelFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A problem found by this library's own checks. */
  public ModelFormatException(String message) {
    super(message);
  }

  /** A problem with a cause that a developer may want to see. */
  public ModelFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
