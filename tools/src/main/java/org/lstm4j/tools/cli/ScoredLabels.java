// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lstm4j.tools.dataset.HighestScore;

/** What a classifier of sequences decides for, in lines for people. */
final class ScoredLabels {
  private ScoredLabels() {}

  /**
   * A line for each sequence: its label and what score that has.
   *
   * @param names of the classes
   * @param scores [sequence, class]
   */
  static Stream<String> of(List<String> names, float[] scores) {
    int classes = names.size();
    return IntStream.range(0, scores.length / classes)
        .mapToObj(sequence -> {
          int best = HighestScore.of(scores, sequence, classes);
          return "sequence %d: %s, score %s"
              .formatted(
                  sequence,
                  Sentence.printable(names.get(best)),
                  Digits.three(scores[sequence * classes + best]));
        });
  }
}
