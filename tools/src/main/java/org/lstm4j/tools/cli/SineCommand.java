// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lstm4j.tools.training.programs.SineForecast;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lstm4j program sine}. */
@Command(
    name = "sine",
    customSynopsis = "lstm4j program sine [OPTIONS]",
    sortOptions = false,
    header = "Forecast a sine.",
    description =
        "Five values of sin over [-10, 10), 0.1 apart, tell the next. An LSTM of 10 units with a"
            + " Linear on its last time step learns from 154 windows at once, by SGD at 0.01 on the"
            + " mean squared error; 39 windows, drawn at random, are held back.")
final class SineCommand implements Callable<Integer> {
  /** Lines that say how the loss fell. */
  private static final int LINES = 10;

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "20000",
      description = "How often to learn all windows, at most. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--loss-goal",
      paramLabel = "X",
      defaultValue = "1e-4",
      description = "Stop when the loss is no higher than this. Default: ${DEFAULT-VALUE}.")
  private double lossGoal;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the weights and of what is held back. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--plot",
      paramLabel = "FILE.png",
      description = "Draw the forecasts of all windows over the sine.")
  private Path plot;

  SineCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (epochs < 1) {
      throw new ParameterException(
          spec.commandLine(), "--epochs must be at least 1, not " + epochs);
    }
    if (plot != null) {
      OutputPath.requireFolder(spec.commandLine(), "--plot", plot);
    }
    SineForecast program = new SineForecast(seed);
    long start = System.nanoTime();
    SineForecast.Result result = program.train(epochs, lossGoal);
    report(result, (double) (System.nanoTime() - start) / 1e9);
    if (plot != null) {
      program.plot(result).write(plot);
    }
    return ExitCode.OK;
  }

  private void report(SineForecast.Result result, double seconds) {
    int stride = Math.max(1, result.epochs() / LINES);
    print(result, 1);
    for (int epoch = stride; epoch < result.epochs(); epoch += stride) {
      if (epoch > 1) {
        print(result, epoch);
      }
    }
    if (result.epochs() > 1) {
      print(result, result.epochs());
    }
    terminal
        .text()
        .println(
            "%s s; loss of the windows that were held back: %s"
                .formatted(Digits.three(seconds), Digits.three(result.validationLoss())));
  }

  private void print(SineForecast.Result result, int epoch) {
    terminal
        .text()
        .println(
            String.format(
                Locale.ROOT,
                "epoch %,6d: loss %s",
                epoch,
                Digits.three(result.losses()[epoch - 1])));
  }
}
