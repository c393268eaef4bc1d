// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Map;
import org.lstm4j.tools.dataset.Split;
import picocli.CommandLine.Option;

/** The options that say what is held back for validation. */
final class SplitMixin {
  @Option(
      names = "--validation",
      paramLabel = "X",
      defaultValue = "0.2",
      description =
          "The share of the data that is only for validation; 0 for none. Default:"
              + " ${DEFAULT-VALUE}.")
  private double validation;

  @Option(
      names = "--split",
      paramLabel = "HOW",
      defaultValue = "time",
      converter = HowOption.class,
      description =
          "time: the end of the data is for validation. random: what --seed draws. Default:"
              + " ${DEFAULT-VALUE}.")
  private How how;

  /** The words for ways to split. */
  enum How {
    TIME,
    RANDOM
  }

  static final class HowOption extends WordOption<How> {
    HowOption() {
      super(How.class);
    }
  }

  void requireUsable(TrainingMixin training) {
    if (!(validation >= 0 && validation < 1)) {
      throw training.wrongUsage("--validation must be from 0 to below 1, not " + validation);
    }
  }

  Split split(long seed) {
    return how == How.TIME ? new Split.ByTime(validation) : new Split.AtRandom(validation, seed);
  }

  Map<String, String> settings() {
    return Map.of("validation", Double.toString(validation), "split", WordOption.word(how));
  }
}
