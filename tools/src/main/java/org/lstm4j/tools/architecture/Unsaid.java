// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.ReadOption;

/** Tells what neither the tensors nor the user said about a network, and what is assumed for it. */
final class Unsaid {
  private final List<Step> steps;
  private final Told told;
  private final ImportOptions options;
  private final List<Assumption> assumptions = new ArrayList<>();

  private Unsaid(List<Step> steps, Told told) {
    this.steps = steps;
    this.told = told;
    this.options = told.options();
  }

  /** What is assumed, in the order in which data flows. */
  static List<Assumption> of(List<Step> steps, Told told) {
    Unsaid unsaid = new Unsaid(steps, told);
    unsaid.tellFirstModule();
    unsaid.tellInput();
    unsaid.tellClasses();
    unsaid.tellNonlinearities();
    unsaid.tellNorms();
    unsaid.tellReadout();
    unsaid.tellResiduals();
    unsaid.tellActivations();
    return unsaid.assumptions;
  }

  private void assume(String option, String sentence, Object... values) {
    assumptions.add(Assumption.of(sentence.formatted(values), option));
  }

  private void tellFirstModule() {
    String label = label(steps.getFirst());
    if (told.kinds().containsKey(label)) {
      return;
    }
    switch (steps.getFirst().layer()) {
      case Layer.Embedding embedding ->
          assume(
              "--layers " + label + "=linear",
              "'%s' is an embedding of %d indices, so the input is an index each time step",
              label,
              embedding.numEmbeddings());
      case Layer.Linear linear when !linear.bias() ->
          assume("--layers " + label + "=embedding", "'%s' is a linear layer without bias", label);
      default -> {}
    }
  }

  private void tellInput() {
    Layer first = steps.getFirst().layer();
    if (options.input().isEmpty() && !(first instanceof Layer.Embedding)) {
      assume("--input", "the input is a vector (size %d) each time step", first.inputSize());
    }
    if (told.batchFirst().isEmpty()) {
      assume("--batch-first", "batches are laid out [time step, batch, feature]");
    }
  }

  private void tellClasses() {
    told.saved()
        .otherClasses()
        .forEach((label, type) ->
            assumptions.add(
                Assumption.of(
                    "'%s' of class %s computes what its tensors are named after"
                        .formatted(label, type))));
  }

  private void tellNonlinearities() {
    for (Step step : steps) {
      if (step.layer() instanceof Layer.Rnn && told.nonlinearity(label(step)).isEmpty()) {
        assume("--nonlinearity", "'%s' is an RNN that applies tanh", label(step));
      }
    }
  }

  private void tellNorms() {
    for (Step step : steps) {
      if (step.layer() instanceof Layer.LayerNorm norm && told.eps(label(step)).isEmpty()) {
        assume("--eps", "'%s' is a LayerNorm with eps = %.0e", label(step), norm.eps());
      }
    }
  }

  private void tellResiduals() {
    if (options.residuals().isEmpty() && told.saved().skip() > 0) {
      assume("--residual none", "the input is added to the output, as the file's skip says");
    }
  }

  private void tellReadout() {
    switch (options.read().orElse(null)) {
      case null -> {
        if (options.oneToMany().isEmpty()) {
          assume("--read", "there is an output for every time step");
        }
      }
      case ReadOption.Last _
          when ((Layer.Recurrent) Step.lastRecurrent(steps).layer()).bidirectional() ->
          assume(
              "--read final",
              "the output at the last time step is read, where the backward direction has seen one"
                  + " step only");
      case ReadOption.Attention _ -> tellAttention();
      case ReadOption.Last _, ReadOption.Final _, ReadOption.All _ -> {}
      default -> tellReadBeforeNorm();
    }
  }

  /** A norm before is another function than one behind, unless one time step alone is read. */
  private void tellReadBeforeNorm() {
    int next = steps.indexOf(Step.lastRecurrent(steps)) + 1;
    if (options.readAfter().isEmpty()
        && next < steps.size()
        && steps.get(next).layer() instanceof Layer.LayerNorm) {
      String norm = label(steps.get(next));
      assume("--read-after " + norm, "the sequence is read over time before '%s'", norm);
    }
  }

  private void tellAttention() {
    for (Step step : steps) {
      if (step.layer() instanceof Layer.AttentionOverTime) {
        String score = step.groups().getLast().label();
        assume(
            "--order",
            "the score of a time step is %s",
            step.groups().size() == 1
                ? "'%s' . h".formatted(score)
                : "'%s' . tanh('%s' h)".formatted(score, label(step)));
      }
    }
  }

  private void tellActivations() {
    told.saved().applied().forEach(this::tellActivation);
    Set<String> given = options.activations().keySet();
    String without =
        steps.stream()
            .filter(step -> step.layer() instanceof Layer.Linear)
            .map(Unsaid::label)
            .filter(label -> !given.contains(label) && told.activations(label).isEmpty())
            .collect(Collectors.joining(", "));
    if (!without.isEmpty()) {
      assume("--activation LAYER=NAME", "no activation function follows %s", without);
    }
  }

  private void tellActivation(SavedModules.Applied applied) {
    if (applied.after().isEmpty()) {
      assume(
          "--activation LAYER=NAME",
          "'%s' (%s), which is defined before any layer, is left out",
          applied.module(),
          applied.type());
    } else if (!applied.certain() && !options.activations().containsKey(applied.after())) {
      assume(
          "--activation %s=NAME or %s=none".formatted(applied.after(), applied.after()),
          "'%s' (%s) is applied after '%s', where it is defined",
          applied.module(),
          applied.type(),
          applied.after());
    }
  }

  private static String label(Step step) {
    return step.groups().getFirst().label();
  }
}
