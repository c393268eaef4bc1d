// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lstm4j convert}: a checkpoint becomes a model file. */
@Command(
    name = "convert",
    customSynopsis = "lstm4j convert SRC (-o MODEL.l4j | --dry-run) [OPTIONS]",
    sortOptions = false,
    header = "Import a PyTorch checkpoint and write an .l4j model.",
    description =
        "Imports what PyTorch saved (a state_dict, safetensors, .npz, JSON) and writes an .l4j"
            + " model. What the tensors cannot say is assumed, and every assumption is printed with"
            + " the option that changes it.",
    footer = {
      "",
      "Examples:",
      "  lstm4j convert model.pt -o model.l4j",
      "  lstm4j convert classifier.pt -o classifier.l4j --batch-first --read last \\",
      "      --activation fc1=relu --activation fc2=softmax",
      "  lstm4j convert model.safetensors -o model.l4j --order embed,lstm,fc",
      "  lstm4j convert model.pt -o model.l4j --residual lstm,fc --initial-state lstm=h,c",
      "  lstm4j convert whole-model.pt --dry-run",
      "  lstm4j convert whole-model.pt -o lstm.l4j --select encoder.lstm"
    })
final class ConvertCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SRC", description = "The checkpoint; its kind is told by its content.")
  private Path source;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "MODEL.l4j",
      description = "The model to write; replaced if it is there.")
  private Path output;

  @Option(
      names = "--dry-run",
      description =
          "Write nothing; print which tensor becomes which parameter, and what is assumed.")
  private boolean dryRun;

  @Mixin private ImportOptionsMixin options;

  ConvertCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (output != null) {
      OutputPath.requireOther(spec.commandLine(), output, source);
    } else if (!dryRun) {
      throw new ParameterException(
          spec.commandLine(), "convert needs -o MODEL.l4j, the model to write, or --dry-run");
    }
    try (LoadedModel model = LoadedModel.importCheckpoint(source, options.toImportOptions())) {
      model.printAssumptions(terminal.text());
      if (dryRun) {
        new TensorTable(model).print(terminal.text());
      } else {
        write(model.network());
      }
    }
    return ExitCode.OK;
  }

  private void write(Network network) throws IOException {
    ModelFile.write(network, output);
    terminal
        .text()
        .println(
            String.format(
                Locale.ROOT,
                "wrote %s: %s, %,d parameters, %,d bytes",
                output,
                describe(network),
                network.parameterCount(),
                Files.size(output)));
  }

  private static String describe(Network network) {
    return network.layers().stream()
        .map(LayerSummary::of)
        .map(layer -> "%s(%d -> %d)".formatted(layer.kind(), layer.inputSize(), layer.outputSize()))
        .collect(Collectors.joining(", "));
  }
}
