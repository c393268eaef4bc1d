// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.lstm4j.tools.Assumption;
import org.lstm4j.tools.checkpoint.Refusal;

/** How the axes of a graph's input and output lie, and what is different in a network. */
final class Layout {
  private static final String TIME = "time step";
  private static final String BATCH = "batch";
  private static final String FEATURE = "feature";

  private final Evaluation evaluation;
  private final Output output;
  private final Chain.Source source;

  Layout(Evaluation evaluation, Output output) {
    this.evaluation = evaluation;
    this.output = output;
    this.source = Chain.source(output.stream().chain());
  }

  /**
   * Checks that the axes are those of a sequence.
   *
   * @param assumptions what is different in a network is added here
   * @return whether the batch comes first
   */
  boolean describe(List<Assumption> assumptions) {
    Value.Stream stream = output.stream();
    Refusal.require(
        stream.isWhole(),
        "gives the features %d to %d of %d as '%s', where lstm4j gives all; export the network with"
            + " all, or choose a part with --select",
        stream.from(),
        stream.to() - 1,
        stream.chain().outputSize(),
        output.name());
    Refusal.require(
        !evaluation.states().contains(source.name())
            && !evaluation.lengths().contains(source.name()),
        "takes its data and its state from one input, '%s'",
        source.name());
    List<String> in = names(atoms(source.axes()), List.of());
    List<String> out = names(atoms(stream.axes()), Axis.solid(stream.features()));
    boolean batchFirst =
        isBatchFirst(
            names(
                source.axes().stream().flatMap(axis -> axis.atoms().stream()).toList(), List.of()));
    tellInput(in, assumptions);
    tellOutput(in, out, assumptions);
    tellStates(assumptions);
    return batchFirst;
  }

  private static List<Atom> atoms(List<Axis> axes) {
    return Axis.solid(axes.stream().flatMap(axis -> axis.atoms().stream()).toList());
  }

  private static boolean isBatchFirst(List<String> names) {
    return names.contains(TIME)
        && names.contains(BATCH)
        && names.indexOf(BATCH) < names.indexOf(TIME);
  }

  /** What the axes are; all that is neither time nor batch is features. */
  private List<String> names(List<Atom> atoms, List<Atom> features) {
    List<String> names = new ArrayList<>();
    for (Atom atom : atoms) {
      String name =
          atom == evaluation.roles().time()
              ? TIME
              : atom == evaluation.roles().batch() ? BATCH : FEATURE;
      // The features of an output may be several atoms, which must stay together.
      boolean goesOn =
          name.equals(FEATURE)
              && !names.isEmpty()
              && names.getLast().equals(FEATURE)
              && features.contains(atom);
      if (!goesOn) {
        names.add(name);
      }
    }
    long featureAxes = names.stream().filter(FEATURE::equals).count();
    Refusal.require(
        featureAxes <= 1, "has data of more axes than time step, batch and feature: %s", names);
    return names;
  }

  private void tellInput(List<String> in, List<Assumption> assumptions) {
    if (in.contains(FEATURE) && !in.getLast().equals(FEATURE)) {
      assumptions.add(
          Assumption.of("the network takes features last, where the file has %s".formatted(in)));
    }
    String fixed =
        source.axes().stream()
            .flatMap(axis -> axis.atoms().stream())
            .filter(atom ->
                atom.isKnown()
                    && (atom == evaluation.roles().time() || atom == evaluation.roles().batch()))
            .map(atom ->
                (atom == evaluation.roles().time() ? TIME + "s: " : BATCH + ": ") + atom.size())
            .collect(Collectors.joining(", "));
    if (!fixed.isEmpty()) {
      assumptions.add(
          Assumption.of(
              "the file was made for inputs of one size (%s); the network takes any"
                  .formatted(fixed)));
    }
  }

  private static void tellOutput(List<String> in, List<String> out, List<Assumption> assumptions) {
    boolean bothAxes = out.contains(TIME) && out.contains(BATCH);
    boolean moved =
        (bothAxes && isBatchFirst(out) != isBatchFirst(in))
            || (out.contains(FEATURE) && !out.getLast().equals(FEATURE));
    if (moved) {
      assumptions.add(
          Assumption.of(
              "the network's output has its axes in the order of its input, where the file has %s"
                  .formatted(out)));
    }
  }

  private void tellStates(List<Assumption> assumptions) {
    if (!evaluation.states().isEmpty()) {
      assumptions.add(
          Assumption.of(
              "a session keeps the state, which the file takes as %s"
                  .formatted(String.join(", ", new java.util.TreeSet<>(evaluation.states())))));
    }
    if (!evaluation.lengths().isEmpty()) {
      assumptions.add(
          Assumption.of(
              "all time steps given are run, where the file takes lengths as %s"
                  .formatted(String.join(", ", new java.util.TreeSet<>(evaluation.lengths())))));
    }
  }
}
