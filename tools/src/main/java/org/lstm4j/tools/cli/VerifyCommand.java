// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.WeightStorage;
import org.lstm4j.tools.data.Npz;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lstm4j verify}: whether a network computes what PyTorch computed. */
@Command(
    name = "verify",
    customSynopsis = "lstm4j verify MODEL GOLDEN.npz [OPTIONS]",
    sortOptions = false,
    header = "Compare a network, or its gradients, with PyTorch's own results.",
    description = {
      "Runs the input in a golden .npz, as 'run' does, and compares the results with those of out,"
          + " hn and cn that it holds, which PyTorch computed. Exits with 1 if one is out of bound."
          + " With lengths, out is compared up to each length; it has as many time steps as x"
          + " (total_length in pad_packed_sequence).",
      "",
      "References are best computed in float64 (model.double()) and PyTorch's own float32 results"
          + " stored beside them, as out_f32, hn_f32 and cn_f32: the bound is then twice PyTorch's"
          + " own largest error plus 2^-22 of the largest magnitude (of 1, where that is more).",
      "",
      "With --weights bf16 or int8 there is no such bound: the error is reported, and only a result"
          + " that is not finite fails, or one that is beyond a --tolerance given.",
      "",
      "With --gradients the golden holds wo, wh and wc (of an LSTM), in the shapes of out, hn and"
          + " cn, and the gradients of the loss sum(out*wo) + sum(hn*wh) + sum(cn*wc): grad_x,"
          + " grad_h0, grad_c0 and grad.NAME of each parameter, or some of them. PyTorch's own"
          + " float32 results are grad_x_f32, grad_h0_f32, grad_c0_f32 and grad_f32.NAME. All is"
          + " relative to the largest gradient of an array. With lengths, what lies beyond counts"
          + " for nothing."
    },
    footer = {
      "",
      "Examples:",
      "  lstm4j verify model.l4j golden.npz",
      "  lstm4j verify checkpoint.pt golden.npz --read last --tolerance 1e-6",
      "  lstm4j verify model.l4j golden.npz --weights int8",
      "  lstm4j verify model.l4j gradients.npz --gradients"
    })
final class VerifyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "An .l4j model, or a checkpoint to import.")
  private Path model;

  @Parameters(index = "1", paramLabel = "GOLDEN.npz", description = "Input and references.")
  private Path golden;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      description =
          "The bound where there is no float32 result of PyTorch's, or where weights are not f32: T"
              + " times the largest magnitude of the reference (times 1, where that is more, but"
              + " for gradients). Default for f32: 1e-5, what torch.testing.assert_close allows"
              + " float32.")
  private Double tolerance;

  @Option(
      names = "--weights",
      paramLabel = "KIND",
      defaultValue = "f32",
      converter = WeightsOption.class,
      description =
          "How the network holds its weights: f32, bf16 or int8. Default: ${DEFAULT-VALUE}.")
  private WeightStorage weights;

  @Option(
      names = "--gradients",
      description = "Compare gradients, by backpropagation through time, in place of results.")
  private boolean gradients;

  @Mixin private ImportOptionsMixin options;

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (tolerance != null && !(tolerance >= 0 && Double.isFinite(tolerance))) {
      throw new ParameterException(
          spec.commandLine(), "--tolerance must be a number from 0 on, not " + tolerance);
    }
    if (gradients && !isExact()) {
      throw new ParameterException(
          spec.commandLine(), "--gradients are those of f32 weights; leave out --weights");
    }
    try (LoadedModel loaded = LoadedModel.load(model, options, weights)) {
      loaded.printAssumptions(terminal.err());
      NamedArrays arrays = new NamedArrays(golden.toString(), Npz.read(golden));
      new SequenceRunner(loaded.network()).notes(arrays).forEach(terminal::note);
      List<Comparison> comparisons = compare(loaded.network(), arrays);
      comparisons.forEach(this::print);
      return conclude(comparisons.stream().allMatch(Comparison::holds));
    }
  }

  private List<Comparison> compare(Network network, NamedArrays arrays) throws IOException {
    if (!gradients) {
      return new Verification(network, bound()).verify(arrays);
    }
    GradientVerification verification = new GradientVerification(network, float32Tolerance());
    List<Comparison> comparisons = verification.verify(arrays);
    List<String> missing = verification.missing(arrays);
    if (!missing.isEmpty()) {
      terminal.note(
          "%s: does not hold %s, so these are not compared"
              .formatted(golden, String.join(", ", missing)));
    }
    return comparisons;
  }

  private double float32Tolerance() {
    return tolerance == null ? Verification.DEFAULT_TOLERANCE : tolerance;
  }

  private ErrorBound bound() {
    if (isExact()) {
      return ErrorBound.ofFloat32(float32Tolerance());
    }
    return tolerance == null ? ErrorBound.none() : ErrorBound.ofTolerance(tolerance);
  }

  private boolean isExact() {
    return weights == WeightStorage.FLOAT32;
  }

  private void print(Comparison comparison) {
    String verdict = comparison.holds() ? "ok" : "FAILED";
    terminal.text().println("%-6s %s".formatted(verdict, text(comparison)));
  }

  private String text(Comparison comparison) {
    if (gradients) {
      return comparison.relativeToLargest();
    }
    return isExact() ? comparison.toString() : comparison.inProportion();
  }

  private int conclude(boolean holds) {
    terminal.text().println(isExact() ? conclusion(holds) : conclusionOfSmallerWeights(holds));
    return holds ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private String conclusion(boolean holds) {
    return "%s %s what %s says".formatted(model, holds ? "computes" : "does NOT compute", golden);
  }

  private String conclusionOfSmallerWeights(boolean holds) {
    String word = WeightsOption.word(weights);
    if (!holds) {
      return "%s with %s weights is NOT within what was asked of it".formatted(model, word);
    }
    return tolerance == null
        ? "%s with %s weights differs from %s by what stands above; no bound was asked for"
            .formatted(model, word, golden)
        : "%s with %s weights is within the tolerance of %s".formatted(model, word, golden);
  }
}
