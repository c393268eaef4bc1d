// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.format.Attachments;
import org.lstm4j.format.Labels;
import org.lstm4j.format.Normalisation;
import org.lstm4j.format.Vocabulary;

/**
 * What is attached to a model. What is not there is {@code null}.
 *
 * @param vocabulary the text behind its tokens
 * @param normalisation how the columns of a table become its features
 * @param labels the names of its classes
 * @param trainingState what its training goes on from
 */
record AttachmentSummary(
    VocabularySummary vocabulary,
    Normalisation normalisation,
    List<String> labels,
    TrainingSummary trainingState) {

  /**
   * A vocabulary.
   *
   * @param kind {@code character} or {@code word}
   * @param size the number of tokens
   * @param unknown the index of the unknown token, or {@code null}
   */
  record VocabularySummary(String kind, int size, Integer unknown) {
    static VocabularySummary of(Vocabulary vocabulary) {
      return new VocabularySummary(
          vocabulary.kind().name().toLowerCase(Locale.ROOT),
          vocabulary.tokens().size(),
          vocabulary.unknown().isPresent() ? vocabulary.unknown().getAsInt() : null);
    }

    @Override
    public String toString() {
      String tokens = String.format(Locale.ROOT, "%,d tokens, each a %s", size, kind);
      return unknown == null ? tokens : tokens + "; " + unknown + " is the unknown one";
    }
  }

  /**
   * A training state.
   *
   * @param counters by name
   * @param values by name
   * @param tensors the shape of each, by name
   */
  record TrainingSummary(
      Map<String, Long> counters, Map<String, Double> values, Map<String, List<Long>> tensors) {
    static TrainingSummary of(TrainingState state) {
      Map<String, List<Long>> shapes = new TreeMap<>();
      state
          .tensors()
          .forEach(
              (name, tensor) -> shapes.put(name, Arrays.stream(tensor.shape()).boxed().toList()));
      return new TrainingSummary(
          new TreeMap<>(state.counters()), new TreeMap<>(state.values()), shapes);
    }

    List<String> lines() {
      List<String> lines = new ArrayList<>();
      lines.add("can go on; tensors in its state: " + tensors.size());
      counters.forEach((name, value) -> lines.add(name + "=" + value));
      values.forEach((name, value) -> lines.add(name + "=" + value));
      return lines;
    }
  }

  static AttachmentSummary of(Attachments attachments) {
    return new AttachmentSummary(
        attachments.vocabulary().map(VocabularySummary::of).orElse(null),
        attachments.normalisation().orElse(null),
        attachments.labels().map(Labels::names).orElse(null),
        attachments.trainingState().map(TrainingSummary::of).orElse(null));
  }

  /** The normalisation for people, a line for each column. */
  List<String> normalisationLines() {
    List<String> lines = new ArrayList<>();
    normalisation.inputs().forEach(column -> lines.add("input " + line(column)));
    normalisation.outputs().forEach(column -> lines.add("output " + line(column)));
    if (normalisation.window() > 0) {
      lines.add(
          "reads %s, forecasts %s ahead"
              .formatted(steps(normalisation.window()), steps(normalisation.horizon())));
    }
    return lines;
  }

  private static String steps(int count) {
    return count == 1 ? "1 time step" : count + " time steps";
  }

  private static String line(Normalisation.Column column) {
    return "%s: mean %s, scale %s".formatted(column.name(), column.mean(), column.scale());
  }
}
