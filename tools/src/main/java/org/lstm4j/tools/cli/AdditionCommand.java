// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.lstm4j.tools.training.programs.BinaryAddition;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lstm4j program addition}. */
@Command(
    name = "addition",
    customSynopsis = "lstm4j program addition [OPTIONS]",
    sortOptions = false,
    header = "Add two numbers bit by bit, by an RNN and by an LSTM.",
    description =
        "Both have 8 units and read a bit of each number at a time, from the low end. The sigmoid"
            + " RNN without biases learns from 100,000 sums, one at a time; the LSTM from batches"
            + " of 32, until it has all 16,384 sums right.")
final class AdditionCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "100000",
      description = "What the RNN learns from. Default: ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--updates",
      paramLabel = "N",
      defaultValue = "50000",
      description = "After which the LSTM gives up. Default: ${DEFAULT-VALUE}.")
  private int updates;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of weights and samples. Default: ${DEFAULT-VALUE}.")
  private long seed;

  AdditionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    requirePositive("--samples", samples);
    requirePositive("--updates", updates);
    print("RNN", () -> new BinaryAddition(seed).rnn(samples));
    print("LSTM", () -> new BinaryAddition(seed).lstm(updates));
    return ExitCode.OK;
  }

  private void requirePositive(String option, int value) {
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), "%s must be at least 1, not %d".formatted(option, value));
    }
  }

  private void print(String name, Supplier<BinaryAddition.Result> run) {
    long start = System.nanoTime();
    BinaryAddition.Result result = run.get();
    double seconds = (double) (System.nanoTime() - start) / 1e9;
    terminal
        .text()
        .println(
            String.format(
                Locale.ROOT,
                "%-4s  %,7d updates in %s s, loss %s: %,d of %,d sums right",
                name,
                result.updates(),
                Digits.three(seconds),
                Digits.three(result.loss()),
                result.correct(),
                BinaryAddition.SUMS));
  }
}
