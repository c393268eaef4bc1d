// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.training.Loss;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.Labels;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.dataset.FeatureScaling;
import org.lstm4j.tools.dataset.LabelledCsv;
import org.lstm4j.tools.dataset.LabelledNpz;
import org.lstm4j.tools.dataset.LabelledSequences;
import org.lstm4j.tools.dataset.Split;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lstm4j train labels}: a network that says what kind of sequence it has read. */
@Command(
    name = "labels",
    customSynopsis = "lstm4j train labels DATA.csv|DATA.npz -o MODEL.l4j [OPTIONS]",
    sortOptions = false,
    header = "Train a network to tell kinds of sequences apart.",
    description = {
      "Trains a network that reads a sequence of vectors, of any length, and gives a score for each"
          + " label. The labels are stored in the model; 'lstm4j run' says which has the highest.",
      "",
      "In a .csv, a row is a time step of the sequence that its id names; rows of one id are in the"
          + " order of time and have one label. An .npz holds x of shape (sequences, time steps,"
          + " features), y of shape (sequences) with classes from 0, and optionally lengths, the"
          + " time steps of each sequence."
    },
    footer = {
      "",
      "Examples:",
      "  lstm4j train labels moves.csv -o moves.l4j --readout mean --normalise --split random",
      "  lstm4j train labels digits.npz -o digits.l4j --bidirectional --readout attention"
    })
final class TrainLabelsCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "DATA", description = "Labelled sequences, a .csv or .npz file.")
  private Path data;

  @Mixin private TrainingMixin training;

  @Option(
      names = "--id",
      paramLabel = "NAME",
      defaultValue = "id",
      description = "The .csv column that tells sequences apart. Default: ${DEFAULT-VALUE}.")
  private String id;

  @Option(
      names = "--label",
      paramLabel = "NAME",
      defaultValue = "label",
      description = "The .csv column with the labels. Default: ${DEFAULT-VALUE}.")
  private String label;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      description = "The .csv columns to read. Default: all others.")
  private List<String> columns = List.of();

  @Option(
      names = "--normalise",
      description =
          "Scale features by their mean and standard deviation in the part that is learnt from. The"
              + " network does so itself, in a Linear ahead of all, and still takes them as they"
              + " are.")
  private boolean normalise;

  @Mixin private SplitMixin split;

  @Mixin private SequenceNetworkMixin network;

  TrainLabelsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    training.requireUsable(data);
    training.refuseWithPretrained("--normalise");
    split.requireUsable(training);
    network.requireUsable(training);
    Optional<PretrainedModel> pretrained = training.pretrained();
    LabelledSequences sequences = read(pretrained);
    Split.Parts parts = parts(sequences);
    InitialNetwork start =
        pretrained.isPresent()
            ? fitting(pretrained.get(), sequences)
            : newNetwork(sequences, parts.training());
    int exitCode = new TrainingJob(job(start, sequences, parts), training, terminal).run();
    if (exitCode == ExitCode.OK && parts.validation().length > 0) {
      reportAccuracy(sequences, parts.validation());
    }
    return exitCode;
  }

  private LabelledSequences read(Optional<PretrainedModel> pretrained) throws IOException {
    LabelledSequences sequences =
        data.toString().toLowerCase(Locale.ROOT).endsWith(".npz")
            ? LabelledNpz.read(data)
            : new LabelledCsv(id, label, columns).read(data);
    Optional<Labels> known = pretrained.flatMap(model -> model.attachments().labels());
    try {
      return known.isPresent() ? sequences.withLabels(known.get()) : sequences;
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(data + ": " + e.getMessage(), e);
    }
  }

  private InitialNetwork newNetwork(LabelledSequences sequences, int[] trainingPart) {
    List<Layer> layers =
        network.network().layers(sequences.features(), sequences.labels().names().size());
    if (!normalise) {
      return InitialNetwork.of(layers);
    }
    List<Layer> scaled = new ArrayList<>(List.of(FeatureScaling.layer(sequences.features())));
    scaled.addAll(layers);
    return InitialNetwork.of(scaled, sequences.scaling(trainingPart));
  }

  private static InitialNetwork fitting(PretrainedModel model, LabelledSequences sequences)
      throws ModelFormatException {
    model.requireManyToOne(sequences.features(), sequences.labels().names().size(), "labels");
    model.requireScores();
    return InitialNetwork.of(model);
  }

  private Split.Parts parts(LabelledSequences sequences) throws ModelFormatException {
    Split.Parts parts;
    try {
      parts = sequences.split(split.split(training.seed()));
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(data + ": " + e.getMessage(), e);
    }
    if (training.batch() > parts.training().length) {
      throw new ModelFormatException(
          "%s: has %d sequences to train, fewer than a batch of %d; give more or a smaller --batch"
              .formatted(data, parts.training().length, training.batch()));
    }
    return parts;
  }

  private TrainingTask job(InitialNetwork start, LabelledSequences sequences, Split.Parts parts)
      throws IOException {
    int batch = training.batch();
    return new TrainingTask(
        start,
        Loss.crossEntropy(),
        Attachments.none().with(sequences.labels()),
        sequences.training(parts.training(), batch, training.seed()),
        parts.validation().length == 0 ? null : sequences.validation(parts.validation(), batch),
        List.of(),
        sequences.maxSteps(),
        "sequences",
        settings());
  }

  private void reportAccuracy(LabelledSequences sequences, int[] validation) throws IOException {
    try (Network learned = ModelFile.open(training.output())) {
      int right = sequences.recognised(learned, validation);
      terminal
          .text()
          .println(
              "validation: %d of %d sequences have their label, %s %%"
                  .formatted(
                      right, validation.length, Digits.three(100.0 * right / validation.length)));
    }
  }

  private Map<String, String> settings() throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("data", DataFingerprint.of(data));
    settings.put("id", id);
    settings.put("label", label);
    settings.put("columns", String.join(",", columns));
    settings.put("normalise", Boolean.toString(normalise));
    settings.putAll(split.settings());
    if (!training.hasPretrained()) {
      settings.putAll(network.settings());
    }
    return settings;
  }
}
