// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.OneToMany;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.Checkpoints;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lstm4j export}: a model goes back to PyTorch. */
@Command(
    name = "export",
    customSynopsis = "lstm4j export MODEL -o STATE.safetensors [OPTIONS]",
    sortOptions = false,
    header = "Write a model's weights for PyTorch.",
    description =
        "Writes the weights in float32, by PyTorch's names, as safetensors, with a description of"
            + " the network from which 'convert' makes the same model again without options. A"
            + " learned initial state is h0 and c0 below the name of its module.",
    footer = {
      "",
      "Examples:",
      "  lstm4j export model.l4j -o state.safetensors",
      "",
      "In Python:",
      "  model.load_state_dict(safetensors.torch.load_file(\"state.safetensors\"))",
      "with strict=False where an initial state is learned."
    })
final class ExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "An .l4j model, or a checkpoint to import.")
  private Path model;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "STATE.safetensors",
      description = "The file to write; replaced if it is there.")
  private Path output;

  @Mixin private ImportOptionsMixin options;

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    OutputPath.requireOther(spec.commandLine(), output, model);
    try (LoadedModel loaded = LoadedModel.load(model, options)) {
      loaded.printAssumptions(terminal.err());
      export(loaded.network());
      notes(loaded).forEach(terminal::note);
    }
    return ExitCode.OK;
  }

  private void export(Network network) throws IOException {
    try {
      Checkpoints.export(network, output);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(model + ": " + e.getMessage(), e);
    }
    terminal
        .text()
        .println(
            String.format(
                Locale.ROOT,
                "wrote %s: %,d parameters, %,d bytes",
                output,
                network.parameterCount(),
                Files.size(output)));
  }

  /** What the file does not hold, each one sentence. */
  private List<String> notes(LoadedModel loaded) throws IOException {
    List<String> notes = new ArrayList<>();
    loaded.network().oneToMany().ifPresent(oneToMany -> notes.add(note(oneToMany)));
    if (loaded.checkpoint().isEmpty()) {
      List<String> left = namesOf(ModelFile.attachments(model));
      if (!left.isEmpty()) {
        notes.add(
            "%s: what it has besides (%s) is not in %s"
                .formatted(model, String.join(", ", left), output));
      }
    }
    return notes;
  }

  private String note(OneToMany oneToMany) {
    return "%s: that one input becomes many is not in %s; convert it with --one-to-many %s:%d"
        .formatted(
            model, output, oneToMany.mode().name().toLowerCase(Locale.ROOT), oneToMany.steps());
  }

  private static List<String> namesOf(Attachments attachments) {
    List<String> names = new ArrayList<>();
    attachments.vocabulary().ifPresent(_ -> names.add("vocabulary"));
    attachments.normalisation().ifPresent(_ -> names.add("normalisation"));
    attachments.labels().ifPresent(_ -> names.add("labels"));
    attachments.trainingState().ifPresent(_ -> names.add("training state"));
    return names;
  }
}
