// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.process;

import java.io.Serial;

/** A program in another JVM failed; the message says why, in a sentence. */
public final class ProcessFailure extends Exception {
  @Serial private static final long serialVersionUID = 1;

  ProcessFailure(String message) {
    super(message);
  }
}
