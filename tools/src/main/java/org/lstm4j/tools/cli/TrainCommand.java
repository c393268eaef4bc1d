// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lstm4j train}: what a network can learn from, each a subcommand. */
@Command(
    name = "train",
    synopsisSubcommandLabel = "KIND",
    header = "Train a network.",
    description = "Trains a network, and writes it as an .l4j model.",
    footer = {
      "",
      "Examples:",
      "  lstm4j train text corpus.txt -o model.l4j",
      "  lstm4j train series load.csv -o load.l4j --columns load",
      "  lstm4j train labels moves.csv -o moves.l4j",
      "",
      "'lstm4j train KIND --help' has more of each."
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** Without a subcommand, the help says which there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
