// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Guards what a command reads against what it writes. */
final class OutputPath {
  private OutputPath() {}

  /**
   * Checks that an output is no input, whatever names they go by.
   *
   * @throws ParameterException if it is one
   */
  static void requireOther(CommandLine command, Path output, Path... inputs) throws IOException {
    if (output.equals(SequenceFormat.STANDARD_STREAM)) {
      return;
    }
    for (Path input : inputs) {
      if (isSame(output, input)) {
        throw new ParameterException(
            command,
            "%s: is an input and would be overwritten; choose another output".formatted(output));
      }
    }
  }

  /**
   * Checks that there is a folder for an output that is written only at the end.
   *
   * @throws ParameterException if there is none, or the output is a folder itself
   */
  static void requireFolder(CommandLine command, String option, Path output) {
    if (Files.isDirectory(output)) {
      throw new ParameterException(
          command, "%s %s: is a folder; give a file in it".formatted(option, output));
    }
    if (!Files.isDirectory(output.toAbsolutePath().getParent())) {
      throw new ParameterException(
          command, "%s %s: its folder does not exist; create that first".formatted(option, output));
    }
  }

  private static boolean isSame(Path output, Path input) throws IOException {
    if (Files.exists(output) && Files.exists(input)) {
      return Files.isSameFile(output, input);
    }
    return output.toAbsolutePath().normalize().equals(input.toAbsolutePath().normalize());
  }
}
