// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import java.io.IOException;
import java.nio.file.Path;

/** What Jazzer calls, by these names: the reader whose name it is started with. */
public final class FuzzTarget {
  /** The file that each input is written to in its turn. */
  static final String INPUT = "input";

  private static FuzzedReader reader;

  private FuzzTarget() {}

  /** Called once, with the name of the reader. */
  public static void fuzzerInitialize(String[] arguments) {
    reader = FuzzedReader.valueOf(arguments[0]);
  }

  /** Called with one input after the other. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    reader.check(input, Path.of(INPUT));
  }
}
