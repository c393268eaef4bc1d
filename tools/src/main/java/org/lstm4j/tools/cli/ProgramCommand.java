// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lstm4j program}: the programs by which LSTMs are known, each a subcommand. */
@Command(
    name = "program",
    synopsisSubcommandLabel = "NAME",
    header = "Train a classic network from scratch.",
    description =
        "Trains a classic network on data that it makes itself, and prints what came of it.",
    footer = {
      "",
      "Examples:",
      "  lstm4j program sine --plot sine.png",
      "  lstm4j program addition",
      "  lstm4j program recall --steps 10,50,100 --plot recall.png"
    })
final class ProgramCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** Without a subcommand, the help says which there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
