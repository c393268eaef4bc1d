// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import java.io.Serial;

/** A file of {@code --beside} that cannot be used; the message names it and says why. */
public final class BesideException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  BesideException(String message, Throwable cause) {
    super(message, cause);
  }
}
