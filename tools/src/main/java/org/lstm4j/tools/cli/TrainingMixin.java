// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.engine.training.Clipping;
import org.lstm4j.engine.training.Initialization;
import org.lstm4j.engine.training.Optimizer;
import org.lstm4j.engine.training.TrainerOptions;
import org.lstm4j.tools.training.RunOptions;
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

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "adam",
      converter = OptimizerOption.class,
      description = "sgd, rmsprop, adam or adamw, as PyTorch's. Default: ${DEFAULT-VALUE}.")
  private OptimizerName optimizer;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Default: PyTorch's of the optimizer; sgd has none.")
  private Double learningRate;

  @Option(
      names = "--clip-norm",
      paramLabel = "X",
      description = "Make gradients smaller whose norm is larger than this.")
  private Double clipNorm;

  @Option(
      names = "--init",
      paramLabel = "NAME",
      defaultValue = "pytorch",
      converter = InitOption.class,
      description =
          "Weights to begin with: pytorch, or d2l for normal ones of deviation 0.01 and no biases."
              + " Default: ${DEFAULT-VALUE}.")
  private InitName init;

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

  /** The words for optimizers. */
  enum OptimizerName {
    SGD,
    RMSPROP,
    ADAM,
    ADAMW
  }

  /** The words for initialisations. */
  enum InitName {
    PYTORCH,
    D2L
  }

  static final class OptimizerOption extends WordOption<OptimizerName> {
    OptimizerOption() {
      super(OptimizerName.class);
    }
  }

  static final class InitOption extends WordOption<InitName> {
    InitOption() {
      super(InitName.class);
    }
  }

  /**
   * Checks what can be checked before any data is read.
   *
   * @param inputs must not be overwritten
   * @throws ParameterException if something is wrong
   */
  void requireUsable(Path... inputs) throws IOException {
    requirePositive("--epochs", epochs);
    requirePositive("--batch", batch);
    requirePositive("--threads", threads);
    requireNotNegative("--patience", patience);
    requireNotNegative("--checkpoint-epochs", checkpointEpochs);
    if (!(checkpointSeconds > 0 && checkpointSeconds <= MOST_SECONDS)) {
      throw wrongUsage("--checkpoint-seconds must be more than 0, not " + checkpointSeconds);
    }
    requireOutput("-o", output, inputs);
    requireOutput("--metrics", metrics, inputs);
    requireOutput("--plot", plot, inputs);
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
  }

  private void requireOutput(String option, Path file, Path... inputs) throws IOException {
    if (file != null) {
      OutputPath.requireOther(spec.commandLine(), file, inputs);
      OutputPath.requireFolder(spec.commandLine(), option, file);
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
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("batch", Integer.toString(batch));
    settings.put("optimizer", WordOption.word(optimizer));
    settings.put("learning-rate", Double.toString(optimizer().learningRate()));
    settings.put("clip-norm", clipNorm == null ? "none" : clipNorm.toString());
    settings.put("init", WordOption.word(init));
    settings.put("seed", Long.toString(seed));
    return settings;
  }

  Optimizer optimizer() {
    Optimizer named =
        switch (optimizer) {
          case SGD -> Optimizer.sgd(requireRate());
          case RMSPROP -> Optimizer.rmsProp();
          case ADAM -> Optimizer.adam();
          case ADAMW -> Optimizer.adamW();
        };
    return learningRate == null ? named : named.withLearningRate(learningRate);
  }

  private double requireRate() {
    if (learningRate == null) {
      throw wrongUsage("--optimizer sgd needs a --learning-rate");
    }
    return learningRate;
  }

  Initialization initialization() {
    return switch (init) {
      case PYTORCH -> Initialization.pyTorch();
      case D2L -> Initialization.d2l();
    };
  }

  TrainerOptions trainerOptions(int maxSteps) {
    return TrainerOptions.defaults()
        .withBatch(batch)
        .withMaxSteps(maxSteps)
        .withThreads(threads)
        .withClipping(clipNorm == null ? Clipping.none() : Clipping.byNorm(clipNorm));
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
