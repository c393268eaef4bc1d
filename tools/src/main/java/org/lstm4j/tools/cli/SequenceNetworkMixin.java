// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lstm4j.tools.dataset.ManyToOne;
import picocli.CommandLine.Option;

/** The options of a network that reads a sequence and gives one vector. */
final class SequenceNetworkMixin {
  @Option(
      names = "--cell",
      paramLabel = "KIND",
      defaultValue = "lstm",
      converter = CellOption.class,
      description = "lstm, gru or rnn. Default: ${DEFAULT-VALUE}.")
  private ManyToOne.Cell cell;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      defaultValue = "32",
      description = "Hidden size. Default: ${DEFAULT-VALUE}.")
  private int hidden;

  @Option(
      names = "--layers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Recurrent layers. Default: ${DEFAULT-VALUE}.")
  private int layers;

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

  static final class CellOption extends WordOption<ManyToOne.Cell> {
    CellOption() {
      super(ManyToOne.Cell.class);
    }
  }

  static final class ReadoutOption extends WordOption<ManyToOne.Readout> {
    ReadoutOption() {
      super(ManyToOne.Readout.class);
    }
  }

  void requireUsable(TrainingMixin training) {
    training.refuseWithPretrained("--cell", "--hidden", "--layers", "--bidirectional", "--readout");
    training.requirePositive("--hidden", hidden);
    training.requirePositive("--layers", layers);
  }

  ManyToOne network() {
    return new ManyToOne(cell, hidden, layers, bidirectional, readout);
  }

  /** What the numbers of a run depend on, as they are written into the model. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("cell", WordOption.word(cell));
    settings.put("hidden", Integer.toString(hidden));
    settings.put("layers", Integer.toString(layers));
    settings.put("bidirectional", Boolean.toString(bidirectional));
    settings.put("readout", WordOption.word(readout));
    return settings;
  }
}
