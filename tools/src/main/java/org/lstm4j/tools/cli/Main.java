// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code lstm4j}.
 *
 * <p>Exit codes: 0 for success, 1 for a failure, which is also a verification that did not hold,
 * and 2 for wrong usage. An error is one sentence on standard error.
 */
public final class Main {
  private Main() {}

  /** Runs a command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args, Terminal.ofProcess()));
  }

  /**
   * Runs a command.
   *
   * @return the exit code
   */
  public static int run(String[] args, Terminal terminal) {
    RootCommand root = new RootCommand();
    int exitCode;
    try {
      exitCode = commandLine(root, terminal).execute(args);
    } catch (Throwable e) {
      // What picocli does not catch: errors of the JVM, such as a heap that is full.
      exitCode = fail(e, root.verbose(), terminal);
    }
    if (terminal.text().checkError() && exitCode == ExitCode.OK) {
      terminal.err().println("lstm4j: standard output was closed before all was written");
      exitCode = ExitCode.SOFTWARE;
    }
    return exitCode;
  }

  private static CommandLine commandLine(RootCommand root, Terminal terminal) {
    return new CommandLine(root)
        .addSubcommand(new ConvertCommand(terminal))
        .addSubcommand(new ExportCommand(terminal))
        .addSubcommand(new InspectCommand(terminal))
        .addSubcommand(new RunCommand(terminal))
        .addSubcommand(new VerifyCommand(terminal))
        .addSubcommand(new ForecastCommand(terminal))
        .addSubcommand(new BenchCommand(terminal))
        .addSubcommand(
            new CommandLine(new TrainCommand())
                .addSubcommand(new TrainTextCommand(terminal))
                .addSubcommand(new TrainSeriesCommand(terminal))
                .addSubcommand(new TrainLabelsCommand(terminal)))
        .addSubcommand(new GenerateCommand(terminal))
        .addSubcommand(
            new CommandLine(new ProgramCommand())
                .addSubcommand(new SineCommand(terminal))
                .addSubcommand(new AdditionCommand(terminal))
                .addSubcommand(new RecallCommand(terminal)))
        .addSubcommand(new DemoCommand(terminal))
        .addSubcommand(new HelpCommand())
        .setOut(terminal.text())
        .setErr(terminal.err())
        .setExpandAtFiles(false)
        .setParameterExceptionHandler((e, _) -> refuse(e, root.verbose(), terminal))
        .setExecutionExceptionHandler((e, _, _) -> fail(e, root.verbose(), terminal));
  }

  private static int refuse(ParameterException e, boolean verbose, Terminal terminal) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    terminal.err().println("lstm4j: " + Sentence.printable(sentence(e, command)));
    terminal.err().println("Try '" + command + " --help'.");
    trace(e, verbose, terminal);
    return ExitCode.USAGE;
  }

  private static String sentence(ParameterException e, String command) {
    return e instanceof UnmatchedArgumentException unmatched
        ? "'%s' is nothing that '%s' knows"
            .formatted(String.join(" ", unmatched.getUnmatched()), command)
        : e.getMessage();
  }

  private static int fail(Throwable e, boolean verbose, Terminal terminal) {
    terminal.err().println("lstm4j: " + Sentence.of(e));
    trace(e, verbose, terminal);
    return ExitCode.SOFTWARE;
  }

  private static void trace(Throwable e, boolean verbose, Terminal terminal) {
    if (verbose) {
      e.printStackTrace(terminal.err());
    }
  }
}
