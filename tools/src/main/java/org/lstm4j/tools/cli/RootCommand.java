// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code lstm4j} without a subcommand: version, help, and what all subcommands share. */
@Command(
    name = "lstm4j",
    description =
        "Imports LSTM networks that PyTorch trained, runs them in Java, and trains its own.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:a failure: a bad file, or a verification that did not hold",
      "2:wrong usage"
    },
    footer = {
      "",
      "From a PyTorch checkpoint to a running model:",
      "  lstm4j convert model.pt -o model.l4j",
      "  lstm4j inspect model.l4j",
      "  lstm4j run model.l4j -i x.npy -o out.npy",
      "",
      "'lstm4j COMMAND --help' has examples of each."
    })
final class RootCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "When something fails, print the stack trace after the sentence.")
  private boolean verbose;

  boolean verbose() {
    return verbose;
  }

  /** Without a command, the help says which there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
