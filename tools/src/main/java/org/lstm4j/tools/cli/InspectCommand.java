// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lstm4j inspect}: what a model, or a checkpoint, holds. */
@Command(
    name = "inspect",
    customSynopsis = "lstm4j inspect FILE [--json] [OPTIONS]",
    sortOptions = false,
    header = "Show the network in a model or a checkpoint.",
    description =
        "Shows the network in an .l4j model, or the one that a checkpoint would be imported as:"
            + " layers, shapes, parameters, bytes, operations per step.",
    footer = {
      "",
      "Examples:",
      "  lstm4j inspect model.l4j",
      "  lstm4j inspect checkpoint.pt --read last",
      "  lstm4j inspect model.l4j --json | jq .flops_per_step"
    })
final class InspectCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "An .l4j model, or a checkpoint.")
  private Path file;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private ImportOptionsMixin options;

  InspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    try (LoadedModel model = LoadedModel.load(file, options)) {
      ModelReport report = ModelReport.of(model);
      if (json) {
        terminal.text().println(ReportJson.of(report));
      } else {
        new ModelReportPrinter(report, terminal.text()).print();
      }
    }
    return ExitCode.OK;
  }
}
