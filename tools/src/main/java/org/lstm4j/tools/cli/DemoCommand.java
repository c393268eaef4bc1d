// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code lstm4j demo}: the whole path from a checkpoint to a running model. */
@Command(
    name = "demo",
    customSynopsis = "lstm4j demo [-o DIR]",
    sortOptions = false,
    header = "See the whole path, with a network that is included.",
    description =
        "Imports a forecaster that PyTorch trained, writes and opens the model, runs it step by"
            + " step, compares the results with PyTorch's, measures the time per step and draws the"
            + " forecast.")
final class DemoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "lstm4j-demo",
      description = "The folder for the files. Default: ${DEFAULT-VALUE}.")
  private Path folder;

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new FileSystemException(folder.toString(), null, "is no folder; choose another name");
    }
    Files.createDirectories(folder);
    boolean holds = new Demo(folder, terminal.text()).run();
    return holds ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
