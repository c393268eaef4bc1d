// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Lays out a {@link ModelReport} for people to read. */
final class ModelReportPrinter {
  private final ModelReport report;
  private final PrintWriter out;

  ModelReportPrinter(ModelReport report, PrintWriter out) {
    this.report = report;
    this.out = out;
  }

  void print() {
    line("file", "%s, %s, %,d bytes", report.file(), report.container(), report.fileBytes());
    if (report.formatVersion() != null) {
      line("format", "version %d, written by %s", report.formatVersion(), report.producer());
    }
    line("input", "%s", input());
    line("output", "%s", output());
    list("layers", report.layers());
    if (report.learnedInitialState()) {
      line("state", "starts from a learned initial state");
    }
    line(
        "weights",
        "%,d parameters, %,d bytes in float32, %,d packed in memory",
        report.parameters(),
        report.weightBytes(),
        report.packedBytes());
    line(
        "work", "%,d floating-point operations per time step and batch row", report.flopsPerStep());
    if (report.attachments() != null) {
      printAttachments(report.attachments());
    }
    list("tensors", tensors());
    list("metadata", report.metadata().entrySet());
    list("assumed", report.assumptions().stream().map(ModelReportPrinter::assumption).toList());
    printNonFinite();
  }

  private void printAttachments(AttachmentSummary attachments) {
    if (attachments.vocabulary() != null) {
      line("tokens", "%s", attachments.vocabulary());
    }
    if (attachments.normalisation() != null) {
      list("columns", attachments.normalisationLines());
    }
    if (attachments.labels() != null) {
      line("labels", "%s", String.join(", ", attachments.labels()));
    }
    if (attachments.trainingState() != null) {
      list("training", attachments.trainingState().lines());
    }
  }

  private String input() {
    String kind =
        report.input().equals("tokens")
            ? "tokens from 0 to %d".formatted(report.inputSize() - 1)
            : "vectors of " + features(report.inputSize());
    if (report.oneToMany() != null) {
      return "one of %s becomes %d time steps (%s)"
          .formatted(kind, report.oneToMany().steps(), report.oneToMany().mode());
    }
    return kind + (report.batchFirst() ? ", batch first" : ", time step first");
  }

  private String output() {
    String often = report.read().equals("read_all") ? "at every time step" : "for a sequence";
    return "%s %s%s"
        .formatted(
            features(report.outputSize()),
            often,
            report.needsWholeSequence() ? "; needs the whole sequence" : "");
  }

  private static String features(int count) {
    return count == 1 ? "1 feature" : count + " features";
  }

  private List<String> tensors() {
    int width = report.tensors().stream().mapToInt(t -> t.name().length()).max().orElse(1);
    String row = "%-" + width + "s  %s %s";
    return report.tensors().stream()
        .map(tensor -> row.formatted(tensor.name(), tensor.dtype(), tensor.shape()))
        .toList();
  }

  private static String assumption(ModelReport.AssumptionSummary assumption) {
    return assumption.option() == null
        ? assumption.sentence()
        : "%s (change with %s)".formatted(assumption.sentence(), assumption.option());
  }

  private void printNonFinite() {
    List<String> tensors =
        report.tensors().stream()
            .filter(tensor -> tensor.nan() + tensor.inf() > 0)
            .map(tensor ->
                "%s (%d NaN, %d Inf)".formatted(tensor.name(), tensor.nan(), tensor.inf()))
            .toList();
    if (!tensors.isEmpty()) {
      line("warning", "weights contain NaN or Inf: %s", String.join(", ", tensors));
    }
  }

  private void list(String label, Iterable<?> items) {
    String first = label;
    for (Object item : items) {
      line(first, "%s", item);
      first = "";
    }
  }

  private void line(String label, String text, Object... values) {
    String content = String.format(Locale.ROOT, text, values);
    out.println("%-9s %s".formatted(label, Sentence.printable(content)));
  }
}
