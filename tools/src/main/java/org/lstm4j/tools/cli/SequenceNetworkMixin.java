// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lstm4j.tools.dataset.ManyToOne;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a network that reads a sequence and gives one vector. */
final class SequenceNetworkMixin {
  @Mixin private RecurrentMixin recurrent = new RecurrentMixin(32);

  @Option(names = "--bidirectional", description = "Read sequences from their end, too.")
  private boolean bidirectional;

  @Option(
      names = "--readout",
      paramLabel = "KIND",
      defaultValue = "last",
      converter = ReadoutOption.class,
      description =
          "What is read over time: last, max, mean or attention. Default: ${DEFAULT-VALUE}.")
  private ManyToOne.Readout readout;

  static final class ReadoutOption extends WordOption<ManyToOne.Readout> {
    ReadoutOption() {
      super(ManyToOne.Readout.class);
    }
  }

  void requireUsable(TrainingMixin training) {
    recurrent.requireUsable(training);
    training.refuseWithPretrained("--bidirectional", "--readout");
  }

  ManyToOne network() {
    return new ManyToOne(recurrent.part(bidirectional), readout);
  }

  /** What the numbers of a run depend on, as they are written into the model. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>(recurrent.settings());
    settings.put("bidirectional", Boolean.toString(bidirectional));
    settings.put("readout", WordOption.word(readout));
    return settings;
  }
}
