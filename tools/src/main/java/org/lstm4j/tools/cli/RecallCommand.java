// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lstm4j.engine.Network;
import org.lstm4j.tools.plot.LineSeries;
import org.lstm4j.tools.plot.Plot;
import org.lstm4j.tools.training.programs.SymbolRecall;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lstm4j program recall}. */
@Command(
    name = "recall",
    customSynopsis = "lstm4j program recall [OPTIONS]",
    sortOptions = false,
    header = "Recall a symbol after many time steps, by an RNN and by an LSTM.",
    description =
        "One of 8 symbols comes first, then time steps of other symbols; at the end the network"
            + " says which the first one was. Prints which share of the symbols of 1024 unseen"
            + " sequences an RNN and an LSTM of 32 units recall, and what they learnt it in.")
final class RecallCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--steps",
      paramLabel = "T",
      split = ",",
      defaultValue = "10,50,100,200,500",
      description = "Time steps between symbol and recall. Default: ${DEFAULT-VALUE}.")
  private List<Integer> steps;

  @Option(
      names = "--updates",
      paramLabel = "N",
      defaultValue = "3000",
      description = "After which a network gives up. Default: ${DEFAULT-VALUE}.")
  private int updates;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of weights and samples. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--plot", paramLabel = "FILE.png", description = "Draw the table.")
  private Path plot;

  RecallCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    requireUsable();
    terminal.text().println("steps      RNN  updates  seconds     LSTM  updates  seconds");
    List<Double> rnn = new ArrayList<>();
    List<Double> lstm = new ArrayList<>();
    for (int count : steps) {
      terminal.text().print(String.format(Locale.ROOT, "%5d", count));
      terminal.text().flush();
      SymbolRecall first = new SymbolRecall(count, seed);
      rnn.add(percent(first, first.rnn()));
      SymbolRecall second = new SymbolRecall(count, seed);
      lstm.add(percent(second, second.lstm()));
      terminal.text().println();
    }
    if (plot != null) {
      picture(rnn, lstm).write(plot);
    }
    return ExitCode.OK;
  }

  private void requireUsable() {
    for (int count : steps) {
      if (count < 1) {
        throw wrongUsage("--steps must be at least 1, not " + count);
      }
    }
    if (updates < 1) {
      throw wrongUsage("--updates must be at least 1, not " + updates);
    }
    if (plot != null) {
      OutputPath.requireFolder(spec.commandLine(), "--plot", plot);
    }
    if (plot != null && steps.size() < 2) {
      throw wrongUsage("--plot needs at least two --steps to draw a line through");
    }
  }

  private ParameterException wrongUsage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  private double percent(SymbolRecall program, Network network) {
    long start = System.nanoTime();
    try (network) {
      SymbolRecall.Result result = program.train(network, updates);
      double seconds = (double) (System.nanoTime() - start) / 1e9;
      double percent = 100 * result.recalled();
      terminal
          .text()
          .print(
              String.format(
                  Locale.ROOT, "  %5.1f %%  %7d  %7.1f", percent, result.updates(), seconds));
      terminal.text().flush();
      return percent;
    }
  }

  private Plot picture(List<Double> rnn, List<Double> lstm) {
    List<Double> guessed = Collections.nCopies(steps.size(), 100.0 / SymbolRecall.SYMBOLS);
    return Plot.lines(
        "Which of %d symbols came first?".formatted(SymbolRecall.SYMBOLS),
        "time steps between symbol and recall",
        steps.stream().map(String::valueOf).toList(),
        "recalled (%)",
        List.of(
            new LineSeries("LSTM", lstm),
            new LineSeries("RNN", rnn),
            new LineSeries("guessing", guessed)));
  }
}
