// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.TrainerOptions;
import org.lstm4j.tools.training.RunOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that all {@code train} commands share. */
final class TrainingMixin {
  /** More than this is a slip of the pen. */
  private static final double MOST_SECONDS = 1e9;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "MODEL.l4j",
      description = "The model, which is a checkpoint at the same time.")
  private Path output;

  @Option(
      names = "--resume",
      description =
          "Go on from the checkpoint in the output, with the settings that it began with, to the"
              + " same numbers as without an interruption. --epochs may be more.")
  private boolean resume;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "50",
      description = "How often to go through the data. Default: ${DEFAULT-VALUE}.")
  private long epochs;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "32",
      description = "Sequences that are learnt from at a time. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Mixin private OptimizerMixin optimizer;

  @Option(
      names = "--dropout",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "While learning, drop each feature between layers with this probability. Default: none.")
  private double dropout;

  @Mixin private StartMixin start;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The same seed gives the same model. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Threads that compute together; no number depends on it. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--recompute",
      description =
          "Take a third of the memory for what the way back needs, and compute it again there; no"
              + " number depends on it.")
  private boolean recompute;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Stop after so many epochs without a new lowest loss, of the validation data if there is"
              + " any. Default: never.")
  private long patience;

  @Option(
      names = "--loss-goal",
      paramLabel = "X",
      description = "Stop when the loss is no higher than this.")
  private Double lossGoal;

  @Option(
      names = "--checkpoint-seconds",
      paramLabel = "S",
      defaultValue = "60",
      description = "The longest time between two checkpoints. Default: ${DEFAULT-VALUE}.")
  private double checkpointSeconds;

  @Option(
      names = "--checkpoint-epochs",
      paramLabel = "N",
      defaultValue = "0",
      description = "A checkpoint after so many epochs as well.")
  private long checkpointEpochs;

  @Option(
      names = "--metrics",
      paramLabel = "FILE.csv",
      description = "Write what each epoch came to, with every checkpoint.")
  private Path metrics;

  @Option(
      names = "--plot",
      paramLabel = "FILE.png",
      description = "Draw the losses of all epochs at the end.")
  private Path plot;

  /** Outputs that have been checked, with their options. */
  private final Map<Path, String> outputs = new HashMap<>();

  /**
   * Checks what can be checked before any data is read.
   *
   * @param inputs must not be overwritten
   * @throws ParameterException if something is wrong
   */
  void requireUsable(Path... inputs) throws IOException {
    requireNumbers();
    Path[] all =
        Stream.concat(Stream.of(inputs), Stream.ofNullable(start.from())).toArray(Path[]::new);
    requireOutput("-o", output, all);
    requireOutput("--metrics", metrics, all);
    requireOutput("--plot", plot, all);
    if (resume && !Files.exists(output)) {
      throw wrongUsage(
          "--resume: %s does not exist, so there is nothing to go on from; leave --resume out"
              .formatted(output));
    }
    if (!resume && Files.exists(output)) {
      throw wrongUsage(
          "-o %s: exists already; give --resume to go on with its training, or another name"
              .formatted(output));
    }
    refuseWithPretrained("--init");
  }

  private void requireNumbers() {
    requirePositive("--epochs", epochs);
    requirePositive("--batch", batch);
    requirePositive("--threads", threads);
    requireNotNegative("--patience", patience);
    requireNotNegative("--checkpoint-epochs", checkpointEpochs);
    if (!(checkpointSeconds > 0 && checkpointSeconds <= MOST_SECONDS)) {
      throw wrongUsage("--checkpoint-seconds must be more than 0, not " + checkpointSeconds);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw wrongUsage("--dropout must be from 0 to below 1, not " + dropout);
    }
    try {
      optimizer.optimizer();
      optimizer.schedule();
      optimizer.clipping();
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e.getMessage());
    }
  }

  /** Checks that options which a model of --from decides are not given beside it. */
  void refuseWithPretrained(String... options) {
    for (String option : options) {
      if (hasPretrained() && spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw wrongUsage("%s is decided by the model of --from; leave it out".formatted(option));
      }
    }
  }

  void requireOutput(String option, Path file, Path... inputs) throws IOException {
    if (file == null) {
      return;
    }
    OutputPath.requireOther(spec.commandLine(), file, inputs);
    OutputPath.requireFolder(spec.commandLine(), option, file);
    String other = outputs.putIfAbsent(file.toAbsolutePath().normalize(), option);
    if (other != null) {
      throw wrongUsage(
          "%s and %s both name %s; choose another name".formatted(other, option, file));
    }
  }

  void requirePositive(String option, long value) {
    if (value < 1) {
      throw wrongUsage("%s must be at least 1, not %d".formatted(option, value));
    }
  }

  private void requireNotNegative(String option, long value) {
    if (value < 0) {
      throw wrongUsage("%s must be at least 0, not %d".formatted(option, value));
    }
  }

  ParameterException wrongUsage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  /** What the numbers of a run depend on, as they are written into the model. */
  Map<String, String> settings() throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("batch", Integer.toString(batch));
    settings.putAll(optimizer.settings());
    settings.put("dropout", Double.toString(dropout));
    settings.putAll(start.settings());
    settings.put("seed", Long.toString(seed));
    return settings;
  }

  Optimizer optimizer() {
    return optimizer.optimizer();
  }

  boolean hasPretrained() {
    return start.from() != null;
  }

  /** {@return the model to begin with, if one is given} */
  Optional<PretrainedModel> pretrained() throws IOException {
    return start.pretrained();
  }

  /** The network that a training begins with, with the settings in its metadata. */
  Network newNetwork(InitialNetwork network, Map<String, String> settings) {
    return network.build(start.initialization(), seed, settings);
  }

  TrainerOptions trainerOptions(TrainingTask task) {
    Set<String> frozen = new HashSet<>(start.frozen());
    frozen.addAll(task.network().fixed());
    TrainerOptions options =
        TrainerOptions.defaults()
            .withBatch(batch)
            .withMaxSteps(task.maxSteps())
            .withThreads(threads)
            .withRecompute(recompute)
            .withClipping(optimizer.clipping())
            .withSchedule(optimizer.schedule())
            .withDropout(dropout, seed)
            .withFrozen(frozen.toArray(String[]::new));
    return task.tied().isEmpty() ? options : options.withTied(task.tied().toArray(String[]::new));
  }

  RunOptions runOptions() {
    return new RunOptions(
        epochs,
        patience,
        lossGoal == null ? Double.NEGATIVE_INFINITY : lossGoal,
        Duration.ofNanos((long) (checkpointSeconds * 1e9)),
        checkpointEpochs);
  }

  Path output() {
    return output;
  }

  boolean resume() {
    return resume;
  }

  int batch() {
    return batch;
  }

  long seed() {
    return seed;
  }

  Optional<Path> metrics() {
    return Optional.ofNullable(metrics);
  }

  Optional<Path> plot() {
    return Optional.ofNullable(plot);
  }
}
