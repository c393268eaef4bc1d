// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.lstm4j.engine.Network;
import org.lstm4j.format.Labels;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.format.io.AtomicFile;
import org.lstm4j.tools.data.CsvWriter;
import org.lstm4j.tools.data.NdArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lstm4j run}: a network's answer to a sequence. */
@Command(
    name = "run",
    customSynopsis = "lstm4j run MODEL -i IN -o OUT [OPTIONS]",
    sortOptions = false,
    header = "Run a network over sequences.",
    description = {
      "Runs a network over a sequence, or a batch of them.",
      "",
      "An .npz input holds x (vectors) or tokens (whole numbers), and optionally the initial state"
          + " h0 and c0; the .npz output holds out, hn and cn, all in PyTorch's shapes, without the"
          + " batch axis where the input has none. Of several recurrent parts, the state is h0|NAME"
          + " and so on. An .npy is x or tokens alone, and out alone. A .csv has one time step a"
          + " row. The formats may be mixed.",
      "",
      "With lengths, the sequences of a batch end where PyTorch's packed sequences do, sorted or"
          + " not: out is zero beyond a length, hn and cn are those at each sequence's own end, and"
          + " a backward direction begins there.",
      "",
      "Of a model with labels, the label with the highest score is printed for each sequence.",
      "",
      "-i - answers each row of standard input as it arrives; a one-to-many network answers each"
          + " with a whole sequence."
    },
    footer = {
      "",
      "Examples:",
      "  lstm4j run model.l4j -i x.npy -o out.npy",
      "  lstm4j run model.l4j -i state.npz -o result.npz",
      "  lstm4j run model.l4j -i batch.npy --lengths 5,9,2 -o result.npz",
      "  sensor | lstm4j run model.l4j -i - -o - | consumer"
    })
final class RunCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "An .l4j model, or a checkpoint to import.")
  private Path model;

  @Option(
      names = "-i",
      required = true,
      paramLabel = "IN",
      description = "A .npy, .npz or .csv file, or - for CSV from standard input.")
  private Path input;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "A .npy, .npz or .csv file, or - for CSV to standard output.")
  private Path output;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Time steps of a one-to-many network; without it, those that it was made for.")
  private Integer steps;

  @Option(
      names = "--lengths",
      paramLabel = "N,N,...|FILE.npy",
      converter = LengthsOption.class,
      description =
          "Time steps of each sequence of a batch, in any order. An .npz input may hold them"
              + " itself, as lengths.")
  private LengthsOption.Source lengths;

  @Mixin private ImportOptionsMixin options;

  RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    SequenceFormat inputFormat = format("-i", input);
    SequenceFormat outputFormat = format("-o", output);
    OutputPath.requireOther(spec.commandLine(), output, inputs());
    requirePositiveSteps();
    boolean stream = input.equals(SequenceFormat.STANDARD_STREAM);
    if (stream && outputFormat != SequenceFormat.CSV) {
      throw wrongUsage("-i - answers in CSV; give -o - or a .csv file, or store the input first");
    }
    if (stream && lengths != null) {
      throw wrongUsage("--lengths is for a batch, and -i - is a single sequence; leave it out");
    }
    try (LoadedModel loaded = LoadedModel.load(model, options)) {
      loaded.printAssumptions(terminal.err());
      Network network = loaded.network();
      requireStepsFit(network);
      if (stream) {
        stream(network);
      } else {
        run(network, inputFormat, outputFormat);
      }
    }
    return ExitCode.OK;
  }

  private Path[] inputs() {
    List<Path> inputs = new ArrayList<>(List.of(model, input));
    if (lengths != null) {
      inputs.addAll(lengths.files());
    }
    return inputs.toArray(Path[]::new);
  }

  private void run(Network network, SequenceFormat inputFormat, SequenceFormat outputFormat)
      throws IOException {
    NamedArrays arrays = withLengths(SequenceReader.read(input, inputFormat, network));
    SequenceRunner runner = new SequenceRunner(network);
    runner.notes(arrays).forEach(terminal::note);
    SequenceShape shape = runner.shape(arrays, steps());
    if (lengths != null) {
      lengths.requireFit(shape);
    }
    if (outputFormat == SequenceFormat.CSV && shape.batch() > 1) {
      throw new ModelFormatException(
          "%s: holds %d sequences, and a .csv output holds one; give -o an .npy or .npz file"
              .formatted(input, shape.batch()));
    }
    NamedArrays results = runner.run(arrays, shape);
    SequenceWriter.write(output, outputFormat, results, terminal);
    if (!output.equals(SequenceFormat.STANDARD_STREAM)) {
      sayLabels(network, results.arrays().get("out"));
    }
  }

  /** Says of each sequence which label it has, where the model is a classifier of sequences. */
  private void sayLabels(Network network, NdArray scores) throws IOException {
    if (!ModelFile.isModelFile(model) || network.readout().isEmpty()) {
      return;
    }
    Optional<List<String>> names = ModelFile.attachments(model).labels().map(Labels::names);
    if (names.isPresent() && names.get().size() == network.outputSize()) {
      ScoredLabels.of(names.get(), scores.floats()).forEach(terminal.text()::println);
    }
  }

  private NamedArrays withLengths(NamedArrays arrays) throws IOException {
    if (lengths == null) {
      return arrays;
    }
    if (arrays.find(SequenceLengths.KEY).isPresent()) {
      throw wrongUsage("%s holds lengths of its own; leave --lengths out".formatted(input));
    }
    return arrays.with(SequenceLengths.KEY, lengths.read());
  }

  private void stream(Network network) throws IOException {
    StepStream steps = new StepStream(network, steps());
    if (output.equals(SequenceFormat.STANDARD_STREAM)) {
      steps.run(terminal.in(), CsvWriter.streaming(terminal.out()));
    } else {
      AtomicFile.write(output, file -> streamToFile(steps, file));
    }
  }

  private void streamToFile(StepStream steps, OutputStream file) throws IOException {
    CsvWriter writer = CsvWriter.buffered(file);
    steps.run(terminal.in(), writer);
    writer.flush();
  }

  private SequenceFormat format(String option, Path file) {
    return SequenceFormat.of(file)
        .orElseThrow(() ->
            wrongUsage(
                "%s %s: its name must end with .npy, .npz or .csv, or be -"
                    .formatted(option, file)));
  }

  private void requirePositiveSteps() {
    if (steps != null && steps < 1) {
      throw wrongUsage("--steps must be at least 1, not " + steps);
    }
  }

  private void requireStepsFit(Network network) {
    if (steps != null && network.oneToMany().isEmpty()) {
      throw wrongUsage(
          "--steps is for one-to-many networks; %s takes as many time steps as its input has"
              .formatted(model));
    }
  }

  private OptionalInt steps() {
    return steps == null ? OptionalInt.empty() : OptionalInt.of(steps);
  }

  private ParameterException wrongUsage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
