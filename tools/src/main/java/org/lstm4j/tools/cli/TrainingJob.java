// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.training.Trainer;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.ModelFormatException;
import org.lstm4j.tools.plot.Plot;
import org.lstm4j.tools.training.CheckpointFiles;
import org.lstm4j.tools.training.Ending;
import org.lstm4j.tools.training.EpochResult;
import org.lstm4j.tools.training.MetricsFile;
import org.lstm4j.tools.training.TrainingRun;
import picocli.CommandLine.ExitCode;

/** Runs a {@link TrainingTask}, from the start or from a checkpoint, and says what came of it. */
final class TrainingJob {
  private final TrainingTask task;
  private final TrainingMixin options;
  private final Terminal terminal;
  private final Map<String, String> settings = new LinkedHashMap<>();

  TrainingJob(TrainingTask task, TrainingMixin options, Terminal terminal) throws IOException {
    this.task = task;
    this.options = options;
    this.terminal = terminal;
    settings.putAll(task.settings());
    settings.putAll(options.settings());
  }

  /** {@return the exit code} */
  int run() throws IOException {
    try (Network network = open();
        Trainer trainer =
            new Trainer(network, task.loss(), options.optimizer(), options.trainerOptions(task));
        TrainingProgress progress = new TrainingProgress(task, options.runOptions(), terminal);
        Interruption interruption = Interruption.listen()) {
      TrainingRun run =
          new TrainingRun(
              trainer,
              task.training(),
              task.validation(),
              options.runOptions(),
              checkpointFiles(),
              progress);
      if (options.resume()) {
        run.resume(trainingState());
      }
      Ending ending = run.run(interruption::requested);
      progress.endLine();
      if (ending == Ending.INTERRUPTED) {
        // Nothing else: the JVM waits for this to end, and AWT does not start any more.
        terminal.err().println("lstm4j: interrupted; " + howToGoOn());
        return ExitCode.SOFTWARE;
      }
      draw(run.history());
      report(ending, run.history());
      return ExitCode.OK;
    }
  }

  private Network open() throws IOException {
    if (options.resume()) {
      return openCheckpoint();
    }
    task.network().note(options.output()).ifPresent(terminal::note);
    return options.newNetwork(task.network(), settings);
  }

  private Network openCheckpoint() throws IOException {
    Network network = ModelFile.open(options.output());
    try {
      requireSameSettings(network.metadata());
      return network;
    } catch (Throwable e) {
      network.close();
      throw e;
    }
  }

  private void requireSameSettings(Map<String, String> before) throws IOException {
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      String then = before.get(InitialNetwork.SETTING + setting.getKey());
      if (then == null) {
        throw new ModelFormatException(
            "%s: is not of this kind of training, so there is nothing to go on with; give another -o"
                .formatted(options.output()));
      }
      if (!then.equals(setting.getValue())) {
        throw new ModelFormatException(
            "%s: its training began with %s %s, not %s; --resume needs the same settings"
                .formatted(options.output(), setting.getKey(), then, setting.getValue()));
      }
    }
  }

  private TrainingState trainingState() throws IOException {
    return ModelFile.attachments(options.output())
        .trainingState()
        .orElseThrow(() ->
            new ModelFormatException(
                "%s: holds no training state, so nobody can go on with it; give another -o"
                    .formatted(options.output())));
  }

  private CheckpointFiles checkpointFiles() {
    return new CheckpointFiles(
        options.output(),
        task.attachments(),
        options.metrics().map(file -> new MetricsFile(file, task.hasPerplexity())));
  }

  private String howToGoOn() {
    return Files.exists(options.output())
        ? "the same command with --resume goes on from " + options.output()
        : "nothing had been learnt yet";
  }

  private void draw(List<EpochResult> history) throws IOException {
    if (options.plot().isEmpty()) {
      return;
    }
    float[] losses = new float[history.size()];
    float[] validationLosses = new float[task.validation() == null ? 0 : history.size()];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = history.get(i).loss();
      if (validationLosses.length > 0) {
        validationLosses[i] = history.get(i).validationLoss();
      }
    }
    Path model = options.output().getFileName();
    Plot.losses(model.toString(), losses, validationLosses).write(options.plot().get());
  }

  private void report(Ending ending, List<EpochResult> history) {
    EpochResult last = history.getLast();
    String why =
        switch (ending) {
          case GOAL_REACHED -> ": the loss reached its goal";
          case NO_LONGER_BETTER -> ": the loss was no longer getting lower";
          case EPOCHS_DONE, INTERRUPTED -> "";
        };
    terminal
        .text()
        .println("%s: trained for %d epochs%s".formatted(options.output(), last.epoch(), why));
    terminal.text().println(EpochLine.of(last, task));
    double elements = history.stream().mapToDouble(EpochResult::elements).sum();
    double seconds = history.stream().mapToDouble(EpochResult::seconds).sum();
    terminal
        .text()
        .println(
            "%s %s in %s s: %s %s/s"
                .formatted(
                    Digits.three(elements),
                    task.unit(),
                    Digits.three(seconds),
                    Digits.three(elements / Math.max(seconds, 1e-9)),
                    task.unit()));
  }
}
